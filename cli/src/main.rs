//! Starts `tallybook`.

fn main() -> std::process::ExitCode {
    tallybook::run()
}
