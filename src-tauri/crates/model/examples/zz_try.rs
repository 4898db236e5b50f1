fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().unwrap();
    let hs = args.next().map(|f| std::fs::read_to_string(f).unwrap());
    let input = if file == "-" { Vec::new() } else { std::fs::read(file).unwrap() };
    println!("{}", serde_json::to_string_pretty(&gatescope_model::explain::explain(&input, hs.as_deref())).unwrap());
}
