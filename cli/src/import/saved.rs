//! Mappings kept in files: saved ones under names in the data directory, others wherever they are.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::builtin;
use super::mapping::Mapping;
use crate::failure::Failure;

/// Finds a mapping: a file when it looks like one, else a saved one, else one that came with the program.
pub(super) fn load(name: &str, data: &Path) -> Result<Mapping, Failure> {
    let saved = place(name, data)?;
    if saved.exists() || is_path(name) {
        let text = std::fs::read_to_string(&saved)
            .with_context(|| format!("the mapping {} cannot be read", saved.display()))
            .map_err(Failure::Usage)?;
        return Mapping::parse(&text)
            .with_context(|| format!("the mapping {}", saved.display()))
            .map_err(Failure::Usage);
    }
    match builtin::find(name) {
        Some(mapping) => Ok(mapping.context("a mapping that came with the program")?),
        None => Err(Failure::usage(anyhow!(
            "there is no mapping {name:?} in {}, and none comes with the program: those are {}",
            data.join("mappings").display(),
            builtin::names().collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// Saves a mapping and says where.
pub(super) fn save(name: &str, data: &Path, mapping: &Mapping) -> Result<PathBuf, Failure> {
    let path = place(name, data)?;
    let text = mapping.to_toml().context("the mapping cannot be written down")?;
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Whether a mapping is named by its file.
pub(super) fn is_path(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "toml")
}

fn place(name: &str, data: &Path) -> Result<PathBuf, Failure> {
    if is_path(name) {
        return Ok(PathBuf::from(name));
    }
    let plain =
        name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) && !name.starts_with('.');
    if plain && !name.is_empty() {
        return Ok(data.join("mappings").join(format!("{name}.toml")));
    }
    Err(Failure::usage(anyhow!("{name:?} is no name for a mapping: use letters, digits, - and _")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_mapping_is_found_by_name_and_wins_over_a_shipped_one() {
        let data = tempfile::tempdir().unwrap();
        let mut mapping = load("ccb", data.path()).unwrap();
        mapping.reference_prefix = Some("CCB-0042".into());
        save("ccb", data.path(), &mapping).unwrap();
        assert_eq!(load("ccb", data.path()).unwrap(), mapping);
        let file = data.path().join("mine.toml");
        save(file.to_str().unwrap(), data.path(), &mapping).unwrap();
        assert_eq!(load(file.to_str().unwrap(), data.path()).unwrap(), mapping);
    }

    #[test]
    fn an_unknown_or_unsafe_name_is_refused_with_what_there_is() {
        let data = tempfile::tempdir().unwrap();
        let refusal = load("nobank", data.path()).unwrap_err().to_string();
        assert!(refusal.contains("boc, bocom, ccb, icbc"), "{refusal}");
        assert!(matches!(load(".hidden", data.path()), Err(Failure::Usage(_))));
        assert!(matches!(load("missing.toml", data.path()), Err(Failure::Usage(_))));
    }
}
