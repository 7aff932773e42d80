//! The columns of one table while they are filled from the store.

use clientela_columns::{Column, DecimalBuilder, FlagBuilder, IdBuilder, Records, TextBuilder, WholeBuilder};
use clientela_model::{ColumnType, Entity};
use clientela_rules::plan::row::days_of;
use clientela_store::{RowView, StoreError};

/// All columns of an entity that rules can speak of.
pub(super) struct Filling {
    columns: Vec<(usize, &'static str, Values)>,
    rows: usize,
}

enum Values {
    Flag(FlagBuilder),
    Whole(WholeBuilder),
    Day(WholeBuilder),
    Decimal(DecimalBuilder),
    Money(DecimalBuilder, TextBuilder),
    Text(TextBuilder),
    Id(IdBuilder),
}

impl Filling {
    pub(super) fn new(entity: &'static Entity) -> Self {
        let columns = entity.columns.iter().enumerate();
        let columns = columns.filter_map(|(at, column)| Some((at, column.name, Values::new(column.ty)?)));
        Self { columns: columns.collect(), rows: 0 }
    }

    /// One more row, whose columns are all those of the entity.
    pub(super) fn push(&mut self, row: &RowView<'_>) -> Result<(), StoreError> {
        self.rows += 1;
        self.columns.iter_mut().try_for_each(|(at, _, values)| values.push(row, *at))
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, in that order.
    pub(super) fn finish(self, order: Option<&[u32]>) -> Records {
        let rows = order.map_or(self.rows, <[u32]>::len);
        let start = Records::new(rows);
        self.columns.into_iter().fold(start, |records, (_, name, values)| match values {
            Values::Money(amount, currency) => {
                let currency = currency.finish(order);
                records
                    .with(format!("{name}.amount"), amount.finish(order))
                    .with(format!("{name}.currency"), currency)
            }
            plain => records.with(name, plain.finish(order)),
        })
    }
}

impl Values {
    fn new(ty: ColumnType) -> Option<Self> {
        Some(match ty {
            ColumnType::Bool => Self::Flag(FlagBuilder::default()),
            ColumnType::Integer | ColumnType::Instant => Self::Whole(WholeBuilder::default()),
            ColumnType::Date => Self::Day(WholeBuilder::default()),
            ColumnType::Decimal => Self::Decimal(DecimalBuilder::default()),
            ColumnType::Money => Self::Money(DecimalBuilder::default(), TextBuilder::of_list(&[])),
            ColumnType::Text => Self::Text(TextBuilder::default()),
            ColumnType::Words(words) => Self::Text(TextBuilder::of_list(words)),
            ColumnType::Id(_) => Self::Id(IdBuilder::default()),
            // No rule can ask about bytes.
            ColumnType::Blob => return None,
        })
    }

    fn push(&mut self, row: &RowView<'_>, at: usize) -> Result<(), StoreError> {
        match self {
            Self::Flag(builder) => builder.push(row.boolean(at)?),
            Self::Whole(builder) => builder.push(row.integer(at)?),
            Self::Day(builder) => builder.push(row.date(at)?.map(days_of)),
            Self::Decimal(builder) => builder.push(row.decimal(at)?),
            Self::Money(amount, currency) => {
                let money = row.money(at)?;
                amount.push(money.map(|(digits, scale, _)| (digits, scale)));
                currency.push(money.map(|(.., currency)| currency));
            }
            Self::Text(builder) => builder.push(row.text(at)?),
            Self::Id(builder) => builder.push(row.id(at)?.map(|id| id.as_u128())),
        }
        Ok(())
    }

    fn finish(self, order: Option<&[u32]>) -> Column {
        match self {
            Self::Flag(builder) => builder.finish(order),
            Self::Whole(builder) | Self::Day(builder) => builder.finish(order),
            Self::Decimal(builder) | Self::Money(builder, _) => builder.finish(order),
            Self::Text(builder) => builder.finish(order),
            Self::Id(builder) => builder.finish(order),
        }
    }
}
