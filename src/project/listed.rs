//! An organ that `nianbao.toml` lists. In: a folder, or a table with more; out: [`ListedOrgan`].

use serde::Deserialize;

/// An organ that owes a report, as `nianbao.toml` lists it: a folder, or a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedOrgan {
    /// Its folder below `reports/`.
    pub folder: String,
    /// What it is called.
    pub name: Option<String>,
    /// The groups that it belongs to.
    pub groups: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganTable {
    folder: String,
    name: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
}

impl<'de> Deserialize<'de> for ListedOrgan {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = ListedOrgan;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_str<E: serde::de::Error>(self, folder: &str) -> Result<ListedOrgan, E> {
                Ok(ListedOrgan { folder: folder.to_owned(), ..ListedOrgan::default() })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<ListedOrgan, A::Error> {
                let OrganTable { folder, name, groups } =
                    OrganTable::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(ListedOrgan { folder, name, groups })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Whether a name is the path of a folder below `reports/`, with `/` between its parts.
pub(super) fn is_folder_name(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    !name.contains(['\\', '*', '?', '[', ']', '{', '}']) && name.split('/').all(is_part)
}
