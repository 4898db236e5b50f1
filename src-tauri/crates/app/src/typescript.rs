//! Writes the table's types as one TypeScript file. Used by `xtask` through a test, never at run time.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use ts_rs::{Config, TS, TypeVisitor};

/// Every type that the table needs, once, by name.
pub(crate) struct Declarations {
    seen: HashSet<TypeId>,
    by_name: BTreeMap<String, String>,
    config: Config,
}

impl Default for Declarations {
    fn default() -> Self {
        // Ids, sizes and times are far below 2^53.
        Self { seen: HashSet::new(), by_name: BTreeMap::new(), config: Config::new().with_large_int("number") }
    }
}

impl Declarations {
    /// Takes a type and all that it holds.
    pub(crate) fn take<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
    }

    /// How TypeScript calls the type.
    pub(crate) fn name<T: TS + 'static + ?Sized>(&self) -> String {
        T::name(&self.config)
    }

    /// All declarations, sorted by name.
    pub(crate) fn write(&self) -> String {
        let mut out =
            String::from("// Generated from src-tauri/crates/app/src/rpc.rs by `cargo xtask types`. Do not edit.\n\n");
        for declaration in self.by_name.values() {
            out.push_str(declaration);
            out.push_str("\n\n");
        }
        out
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.by_name.insert(T::name(&self.config), format!("{docs}export {}", T::decl(&self.config)));
        }
    }
}

/// One line of `Calls` or `Streams`.
pub(crate) fn entry(doc: &str, name: &str, question: &str, answer: &str) -> String {
    format!("  /**{doc} */\n  {name}: {{ question: {question}; answer: {answer} }};\n")
}
