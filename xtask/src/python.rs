//! The Python binding: its virtual environment, its stub, its checks.
//!
//! Everything happens in `target/venv`, made with the interpreter named by `PYTHON` (`python3` otherwise; 3.11 or later).
//! Nothing is installed outside it, and no rights are needed.

use crate::process::{Done, Maybe, is_installed, read, root, target, write};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const REQUIREMENTS: &str = "bindings/python/requirements-test.txt";
const STUB: &str = "bindings/python/python/clientela/_native.pyi";

/// Makes the environment, builds the module into it and runs every check: the stub, types, tests, notebooks.
pub(crate) fn test(_: &[String]) -> Done {
    let venv = build()?;
    stub(&venv, true)?;
    venv.run("python", &["-m", "mypy"])?;
    // The stub says what the module has, and nothing else.
    venv.run(
        "python",
        &["-m", "mypy.stubtest", "clientela._native", "--mypy-config-file", "pyproject.toml"],
    )?;
    venv.run("python", &["-m", "pytest"])?;
    let notebooks = root().join("examples/notebooks");
    venv.run("python", &["-m", "pytest", "--nbmake", "--nbmake-timeout=300", &notebooks.to_string_lossy()])
}

/// Makes the environment, so that the tests find it.
pub(crate) fn prepare() -> Done {
    environment().map(drop)
}

/// Builds the module as a release into the environment, and gives what runs a program of the examples with it.
pub(crate) fn for_examples() -> Maybe<impl Fn(&[&str]) -> Done> {
    let venv = environment()?;
    venv.run("maturin", &["develop", "--quiet", "--release"])?;
    Ok(move |arguments: &[&str]| venv.run("python", arguments))
}

/// Writes the stub of the compiled module, or with `--check` says that it is out of date.
pub(crate) fn stubs(options: &[String]) -> Done {
    stub(&environment()?, options.iter().any(|option| option == "--check"))
}

/// The virtual environment.
struct Venv {
    programs: PathBuf,
}

impl Venv {
    /// Runs one of its programs in the binding's folder; its output goes to the terminal.
    fn run(&self, program: &str, arguments: &[&str]) -> Done {
        let path = self.programs.join(program);
        let mut command = Command::new(&path);
        command.args(arguments).current_dir(root().join("bindings/python"));
        // maturin and the notebooks' kernels find the environment as if it had been activated.
        command.env("VIRTUAL_ENV", target().join("venv")).env_remove("PYTHONHOME");
        let mut search = vec![self.programs.clone()];
        search.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        command.env("PATH", env::join_paths(search)?);
        let status =
            command.status().map_err(|error| format!("{} cannot be started: {error}", path.display()))?;
        if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
    }
}

/// The environment with everything the tests need and the module as the sources are now.
fn build() -> Maybe<Venv> {
    let venv = environment()?;
    venv.run("maturin", &["develop", "--quiet"])?;
    Ok(venv)
}

/// Makes the environment, or brings it up to date when the requirements have changed.
fn environment() -> Maybe<Venv> {
    let folder = target().join("venv");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let venv = Venv { programs };
    let wanted = read(&root().join(REQUIREMENTS))?;
    // Written last: an environment that was not finished is filled again.
    let stamp = folder.join("requirements.installed");
    if stamp.exists() && read(&stamp)? == wanted {
        return Ok(venv);
    }
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !is_installed(&python) {
        return Err(format!(
            "{python} cannot be started; install Python 3.11 or later, or name it in PYTHON"
        )
        .into());
    }
    let mut make = Command::new(&python);
    make.args(["-m", "venv"]).arg(&folder);
    if !make.status()?.success() {
        return Err(format!("{python} cannot make a virtual environment; its venv module is needed").into());
    }
    let requirements = root().join(REQUIREMENTS);
    venv.run(
        "python",
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            &requirements.to_string_lossy(),
        ],
    )?;
    write(&stamp, &wanted)?;
    Ok(venv)
}

fn stub(venv: &Venv, check: bool) -> Done {
    let folder = target().join("stubs");
    venv.run("maturin", &["generate-stubs", "--quiet", "--out", &folder.to_string_lossy()])?;
    let made = read(&folder.join("clientela/_native.pyi"))?;
    let committed: &Path = &root().join(STUB);
    if !check {
        return write(committed, &made);
    }
    if committed.exists() && read(committed)? == made {
        Ok(())
    } else {
        Err(format!("{STUB} is out of date; write it with: cargo xtask python-stubs").into())
    }
}
