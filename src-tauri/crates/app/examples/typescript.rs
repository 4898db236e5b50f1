//! Prints the table of calls as TypeScript: `cargo xtask types` writes it to `ui/src/host/rpc.ts`.

fn main() {
    print!("{}", gatescope_app::rpc::typescript());
}
