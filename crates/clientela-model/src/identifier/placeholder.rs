//! Placeholder.
use crate::error::ValueError;
macro_rules! text {
    ($($name:ident)*) => {$(
        /// Placeholder.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub struct $name(String);
        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
        impl crate::Field for $name {
            const TYPE: crate::ColumnType = crate::ColumnType::Text;
            fn to_value(&self) -> crate::Value { crate::Value::Text(self.0.clone().into()) }
            fn from_value(value: crate::Value) -> Result<Self, ValueError> { value.into_text().map(|text| Self(text.into_owned())) }
        }
    )*};
}
text!(Country VatNumber EmailAddress PhoneNumber Vin Language);
