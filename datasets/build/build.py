"""Make the shipped datasets, README.md and index.toml from R packages, as catalogue.toml says.

apt-get install r-cran-lme4 r-cran-nlme r-cran-plm r-cran-mlmrev
python datasets/build/build.py
"""

from __future__ import annotations

import csv
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from dta115 import Variable, smallest_type, write_dta

HERE = Path(__file__).parent
TARGET = HERE.parent
STAMP = "01 Jan 2012 00:00"  # fixed, so that a rebuild gives the same bytes
LICENCE = "GPL-2.0-or-later"  # of all the packages, R's own `datasets` among them


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(newline="") as file:
        names, *rows = csv.reader(file)
    return names, rows


def read_levels(path: Path) -> dict[str, list[str]]:
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    return {name: levels for name, *levels in lines}


def coded(texts: list[str], levels: list[str], coding: str) -> tuple[list[float], dict[int, str]]:
    """Numbers for a factor's labels, and value labels unless the labels are whole numbers themselves."""
    try:
        return [int(text) for text in texts], {}
    except ValueError:
        order = list(dict.fromkeys(texts)) if coding == "appear" else levels
        labels = dict(enumerate(order, start=0 if coding == "zero" else 1))
        code = {text: number for number, text in labels.items()}
        return [code[text] for text in texts], labels


def variables_of(entry: dict[str, Any], exported: Path) -> list[Variable]:
    """The variables of one dataset as the catalogue describes them."""
    names, rows = read_csv(exported.with_suffix(".csv"))
    factors = read_levels(exported.with_suffix(".levels"))
    result = []
    for source, name, label, *coding in entry["variables"]:
        texts = [row[names.index(source)] for row in rows]
        if "" in texts:
            raise ValueError(f"{source}: missing values need a rule first")
        values, labels = (
            coded(texts, factors[source], *coding or ["levels"])
            if source in factors
            else ([float(text) for text in texts], {})
        )
        type_ = entry.get("types", {}).get(name) or smallest_type(values)
        result.append(Variable(name, label, type_, values, entry.get("format", ""), labels))
    return result


def check_sorted(variables: list[Variable], keys: list[str]) -> None:
    columns = [variable.values for key in keys for variable in variables if variable.name == key]
    rows = list(zip(*columns, strict=True))
    if rows != sorted(rows):
        raise ValueError(f"the package's rows are not sorted by {keys}")


def notes_of(entry: dict[str, Any], version: str) -> list[str]:
    package, _, item = entry["source"].partition("::")
    notes = [f"Source: data set {item} of R package {package} {version}. Licence: {LICENCE}.", entry["cite"]]
    return notes + [entry["note"]] if "note" in entry else notes


README_HEAD = """# Datasets

Real data that come with the program: `sysuse NAME`, or `use datasets/NAME`. Every file is Stata 12 format
(release 115) with variable labels, value labels and notes (source, licence, citation).

The data come from R packages under the GNU General Public License, version 2 or later; they keep that
licence. The program's own licence does not cover them, and the program does not depend on them.
Names are lower case; factors became numbers with value labels; rows are in the package's order; numbers
are exact (float only where nothing is lost), but for `ovary` and `productivity`, which follow the storage
types and time stamps of the manual of Stata 12; their sines, cosines and logarithms are computed here, from
the values as float.

This table, `index.toml` and the files are made by `build/build.py` from `build/catalogue.toml`.

| file | obs. | vars | what it is | variables | source | licence | citation |
|---|---:|---:|---|---|---|---|---|
"""


def main() -> None:
    catalogue = tomllib.loads((HERE / "catalogue.toml").read_text())
    sources = [entry["source"] for entry in catalogue.values()]
    readme, index = README_HEAD, "# Made by build/build.py; read by `sysuse dir`.\n"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["Rscript", HERE / "export.R", folder, *sources], check=True)
        versions = dict(read_csv(Path(folder, "versions.csv"))[1])
        for name, entry in sorted(catalogue.items()):
            package, _, item = entry["source"].partition("::")
            variables = variables_of(entry, Path(folder, item))
            sort = entry.get("sort", [])
            check_sorted(variables, sort)
            write_dta(
                TARGET / f"{name}.dta",
                variables,
                label=entry["label"],
                stamp=entry.get("stamp", STAMP),
                sort=sort,
                notes=notes_of(entry, versions[package]),
            )
            size, width = len(variables[0].values), len(variables)
            source = f"{package} {versions[package]}, `{item}`"
            listed = " ".join(variable.name for variable in variables)
            readme += (
                f"| `{name}.dta` | {size} | {width} | {entry['label']} | {listed} | {source} "
                f"| {LICENCE} | {entry['cite']} |\n"
            )
            index += (
                f'\n[[dataset]]\nname = "{name}"\ndescription = "{entry["label"]}"\nn_obs = {size}\n'
                f'n_vars = {width}\nsource = "R package {package} {versions[package]}, {item}"\n'
                f'licence = "{LICENCE}"\n'
            )
    (TARGET / "README.md").write_text(readme)
    (TARGET / "index.toml").write_text(index)


if __name__ == "__main__":
    main()
