fn main() { foretell::train::experiment() }
