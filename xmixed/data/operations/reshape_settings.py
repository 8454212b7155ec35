"""What reshape needs to know, kept with the data as their characteristics, so that it goes back and forth."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError

PREFIX = "ReS_"


@dataclass(frozen=True, slots=True)
class ReshapeSettings:
    """The definition of a reshape; what is not defined yet is empty.

    Attributes
    ----------
    stubs : tuple of str
        As typed: `inc`, `inc@r`.
    i : tuple of str
    j : str
    values : tuple of str
        Of j, where they were typed; () when they are to be found in the data.
    string : bool
        Values of j are texts.
    constant : tuple of str
        Variables that alone are kept beside those of the definition; () when all others are.
    """

    stubs: tuple[str, ...] = ()
    i: tuple[str, ...] = ()
    j: str = ""
    values: tuple[str, ...] = ()
    string: bool = False
    constant: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Dataset) -> ReshapeSettings:
        """Return what data keep."""
        kept = data.characteristics.get("_dta", {})

        def words(name: str) -> tuple[str, ...]:
            return tuple(kept.get(PREFIX + name, "").split())

        string = kept.get(f"{PREFIX}str") == "1"
        return cls(words("Xij"), words("i"), kept.get(f"{PREFIX}j", ""), words("jv"), string, words("Xi"))

    def kept_with(self, data: Dataset) -> Dataset:
        """Return data that keep this definition in place of their own; an empty one is none."""
        own = data.characteristics.get("_dta", {})
        others = {name: text for name, text in own.items() if not name.startswith(PREFIX)}
        if self == ReshapeSettings():
            return data.with_characteristics("_dta", others)
        texts = {
            "i": " ".join(self.i),
            "j": self.j,
            "jv": " ".join(self.values),
            "Xij": " ".join(self.stubs),
            "Xi": " ".join(self.constant),
            "str": str(int(self.string)),
            "ver": "v.2",
        }
        return data.with_characteristics("_dta", others | {PREFIX + k: v for k, v in texts.items() if v})

    def complete(self) -> ReshapeSettings:
        """Return these settings.

        Raises
        ------
        StataError
            r(198): one is not defined.
        """
        if self == ReshapeSettings():
            raise StataError(198, "data have not been reshaped yet")
        for name, value in (("i", self.i), ("j", self.j), ("xij", self.stubs)):
            if not value:
                raise StataError(198, f"{name} not defined", hint=f'type "reshape {name}" first')
        return self
