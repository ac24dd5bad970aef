//! `foretell`, the toolbox: measures what the network earns.

// SAFETY: what stands there is called before `main`, with or without arguments; this may be.
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
#[used]
static BORN: extern "C" fn() = foretell_cli::common::born::look;

fn main() -> std::process::ExitCode {
    foretell_cli::toolbox::main()
}
