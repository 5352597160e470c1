//! The mappings that come with the program, one per bank.

use super::mapping::Mapping;

const SHIPPED: [(&str, &str); 4] = [
    ("boc", include_str!("../../mappings/boc.toml")),
    ("bocom", include_str!("../../mappings/bocom.toml")),
    ("ccb", include_str!("../../mappings/ccb.toml")),
    ("icbc", include_str!("../../mappings/icbc.toml")),
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

pub(super) fn find(name: &str) -> Option<Result<Mapping, toml::de::Error>> {
    let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    Some(Mapping::parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_mapping_only_wants_a_customer() {
        for name in names() {
            let mapping = find(name).unwrap().unwrap();
            assert_eq!(mapping.problems().len(), 1, "{name}: {:?}", mapping.problems());
            assert!(mapping.problems()[0].contains("--customer"), "{name}");
        }
        assert!(find("unknown").is_none());
    }
}
