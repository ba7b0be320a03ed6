"""The bridge of recurring revenue: what leads from start to end of a window; does it add up?"""

from typing import Final

from common_ground.kpis.values import KpiValue

BRIDGE: Final = "arr_bridge"
END: Final = "at the end"


def bars(value: KpiValue) -> dict[str, float]:
    """Amounts by label, in order: start, each change with its sign, end; empty without a value."""
    return {part.label: part.value for part in value.beside if part.value is not None}


def unexplained(value: KpiValue) -> float:
    """What the changes leave open between start and end, to the cent; 0 where it adds up."""
    amounts = bars(value)
    if not amounts:
        return 0.0
    changes = sum(amount for label, amount in amounts.items() if label != END)
    return round(amounts[END] - changes, 2) + 0.0
