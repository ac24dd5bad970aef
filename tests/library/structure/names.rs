//! A package's source files → which file uses a name that another one defines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::lexer::{Token, item_end, product_tokens};

/// A name with its path: `["crate", "math", "exp"]`.
type NamePath = Vec<String>;

/// The modules of one package. The first is the root.
pub struct Names {
    folder: PathBuf,
    modules: Vec<Module>,
}

/// A module, in a file of its own or within its parent's.
struct Module {
    /// Below the package's source folder.
    file: String,
    parent: usize,
    children: BTreeMap<String, usize>,
    /// What it defines.
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// All that is neither an import nor a module.
    code: Vec<Token>,
}

struct Import {
    /// The name that it has here; `*` for all names.
    name: String,
    path: NamePath,
    line: usize,
    is_public: bool,
}

#[derive(Clone, Copy)]
enum Found {
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

/// File `user`, at `line`, uses `name`, which file `definer` defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    pub user: String,
    pub definer: String,
    pub line: usize,
    pub name: String,
}

impl Names {
    /// Reads the package whose root module is `folder/lib.rs`.
    pub fn read(folder: &Path) -> Self {
        let mut names = Self { folder: folder.to_owned(), modules: Vec::new() };
        names.add_file("lib.rs".to_owned(), "", 0);
        names
    }

    /// The files of all modules.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| module.file.as_str()).collect()
    }

    /// Adds the module in `file`, whose child modules lie in folder `below`.
    fn add_file(&mut self, file: String, below: &str, parent: usize) -> usize {
        let path = self.folder.join(&file);
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self.add_module(&file, below, parent, &product_tokens(&source))
    }

    fn add_module(&mut self, file: &str, below: &str, parent: usize, tokens: &[Token]) -> usize {
        let id = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            children: BTreeMap::new(),
            items: BTreeSet::new(),
            imports: Vec::new(),
            code: Vec::new(),
        });
        let mut at = 0;
        while at < tokens.len() {
            at = self.add_item(id, below, tokens, at);
        }
        id
    }

    /// Adds the item that begins at token `at`, or what of it begins there: where the next one begins.
    fn add_item(&mut self, id: usize, below: &str, tokens: &[Token], at: usize) -> usize {
        let is_public = at > 0 && (tokens[at - 1].is("pub") || tokens[at - 1].is(")"));
        let name = tokens.get(at + 1).map_or(String::new(), |token| token.text.clone());
        match tokens[at].text.as_str() {
            "#" => end_of_brackets(tokens, at),
            "mod" => {
                let end = item_end(tokens, at);
                let below = format!("{below}{name}/");
                let child = if end == at + 3 {
                    self.add_file(self.file_of(&below), &below, id)
                } else {
                    let file = self.modules[id].file.clone();
                    self.add_module(&file, &below, id, &tokens[at + 3..end - 1])
                };
                self.modules[id].children.insert(name, child);
                end
            }
            "use" => {
                let end = item_end(tokens, at);
                self.add_imports(id, &tokens[at + 1..end], is_public);
                end
            }
            "fn" | "struct" | "enum" | "union" | "trait" | "type" | "static" | "const" if name != "fn" => {
                self.modules[id].items.insert(name);
                self.add_code(id, tokens, at)
            }
            "impl" => self.add_code(id, tokens, at),
            "macro_rules" => {
                self.modules[id].items.insert(tokens[at + 2].text.clone());
                // What a macro makes of its arguments is nobody's code.
                item_end(tokens, at)
            }
            _ => at + 1,
        }
    }

    /// `below/mod.rs`, or the file of the same name beside the folder.
    fn file_of(&self, below: &str) -> String {
        let inside = format!("{below}mod.rs");
        if self.folder.join(&inside).exists() { inside } else { format!("{}.rs", below.trim_end_matches('/')) }
    }

    /// Adds the code of the item that begins at `at`; imports within a function count as the module's.
    fn add_code(&mut self, id: usize, tokens: &[Token], at: usize) -> usize {
        let end = item_end(tokens, at);
        let mut next = at;
        while next < end {
            if tokens[next].is("use") && !tokens[next + 1].is("<") {
                let after = item_end(tokens, next);
                self.add_imports(id, &tokens[next + 1..after], false);
                next = after;
            } else {
                self.modules[id].code.push(tokens[next].clone());
                next += 1;
            }
        }
        end
    }

    /// Adds what `a::{b, c as d};` imports.
    fn add_imports(&mut self, id: usize, tokens: &[Token], is_public: bool) {
        let mut outer: Vec<NamePath> = Vec::new();
        let (mut path, mut alias) = (NamePath::new(), None);
        let mut at = 0;
        while at < tokens.len() {
            match tokens[at].text.as_str() {
                "{" => outer.push(path.clone()),
                "," | "}" | ";" => {
                    if tokens[at - 1].is_name() || tokens[at - 1].is("*") {
                        let line = tokens[at - 1].line;
                        self.modules[id].imports.push(Import::new(path, alias.take(), line, is_public));
                    }
                    if tokens[at].is("}") {
                        outer.pop();
                    }
                    path = outer.last().cloned().unwrap_or_default();
                }
                "as" => {
                    alias = Some(tokens[at + 1].text.clone());
                    at += 1;
                }
                "::" => {}
                name => path.push(name.to_owned()),
            }
            at += 1;
        }
    }

    /// All uses of names between files. Importing something only to hand it on is none.
    pub fn uses(&self) -> BTreeSet<Use> {
        let mut uses = BTreeSet::new();
        for (id, module) in self.modules.iter().enumerate() {
            let imports = module.imports.iter().filter(|import| !import.is_public);
            let imported = imports.map(|import| (import.path.clone(), import.line));
            for (path, line) in imported.chain(paths_in(&module.code)) {
                let Some(Found::Item(definer)) = self.resolve(id, &path, &mut Vec::new()) else { continue };
                let definer = self.modules[definer].file.clone();
                if definer != module.file {
                    uses.insert(Use { user: module.file.clone(), definer, line, name: path.join("::") });
                }
            }
        }
        uses
    }

    /// What `path` means in module `id`; `None` for what other packages define.
    fn resolve(&self, id: usize, path: &[String], within: &mut Vec<(usize, String, bool)>) -> Option<Found> {
        let (mut at, mut rest) = (id, path);
        while let [first, more @ ..] = rest {
            match first.as_str() {
                "crate" => at = 0,
                "self" => {}
                "super" => at = self.modules[at].parent,
                _ => match self.look_up(at, first, more.is_empty(), within)? {
                    Found::Module(module) => at = module,
                    item => return Some(item),
                },
            }
            rest = more;
        }
        Some(Found::Module(at))
    }

    /// What `name` means in module `id`. One name can be a module, where more follows, and something else.
    fn look_up(&self, id: usize, name: &str, is_last: bool, within: &mut Vec<(usize, String, bool)>) -> Option<Found> {
        let key = (id, name.to_owned(), is_last);
        if within.contains(&key) {
            return None;
        }
        within.push(key);
        let module = &self.modules[id];
        let child = module.children.get(name).map(|&child| Found::Module(child));
        let item = module.items.contains(name).then_some(Found::Item(id));
        let direct = if is_last { item.or(child.filter(|_| !module.imports_name(name))) } else { child.or(item) };
        let found = direct.or_else(|| {
            let named = module.imports.iter().filter(|import| import.name == name);
            named.into_iter().find_map(|import| self.resolve(id, &import.path, within))
        });
        let found = found.or(child).or_else(|| {
            let globs = module.imports.iter().filter(|import| import.name == "*");
            globs.into_iter().find_map(|glob| {
                let path = &glob.path[..glob.path.len() - 1];
                let Found::Module(from) = self.resolve(id, path, within)? else { return None };
                self.look_up(from, name, is_last, within)
            })
        });
        within.pop();
        found
    }
}

impl Module {
    fn imports_name(&self, name: &str) -> bool {
        self.imports.iter().any(|import| import.name == name)
    }
}

impl Import {
    fn new(mut path: NamePath, alias: Option<String>, line: usize, is_public: bool) -> Self {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = alias.or(path.last().cloned()).expect("an import names something");
        Self { name, path, line, is_public }
    }
}

/// Where the brackets of the attribute end that begins at `at`.
fn end_of_brackets(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (end, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "[" => depth += 1,
            "]" if depth == 1 => return end + 1,
            "]" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The paths in `code` that can name something of another module. A single name counts if it is a type's or is called;
/// else it may be a variable.
fn paths_in(code: &[Token]) -> Vec<(NamePath, usize)> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let start = at;
        at += 1;
        if !code[start].is_name() || start > 0 && [".", "::", "fn"].iter().any(|sign| code[start - 1].is(sign)) {
            continue;
        }
        let mut path = vec![code[start].text.clone()];
        while at + 1 < code.len() && code[at].is("::") && code[at + 1].is_name() {
            path.push(code[at + 1].text.clone());
            at += 2;
        }
        let is_type = path[0].starts_with(char::is_uppercase);
        if path.len() > 1 || is_type || code.get(at).is_some_and(|next| next.is("(") || next.is("!")) {
            paths.push((path, code[start].line));
        }
    }
    paths
}
