"""Documents of `putdocx` in the format of word processors, by python-docx."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from xmixed.errors import StataError
from xmixed.output.document import Break, Document, DocumentCell, DocumentTable, Look, Paragraph, Run
from xmixed.render.published.office import needed

PAGES = {
    "letter": (8.5, 11.0),
    "legal": (8.5, 14.0),
    "A3": (11.69, 16.54),
    "A4": (8.27, 11.69),
    "A5": (5.83, 8.27),
}
"""Width and height of pages in inches."""

ALIGNMENTS = {
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "both": "JUSTIFY",
    "distribute": "DISTRIBUTE",
}


def document_bytes(document: Document, before: bytes | None = None) -> bytes:
    """Return a Word document; `before` is one that it is appended to.

    Raises
    ------
    StataError
        r(198) without python-docx; r(601) for a picture that is gone.
    """
    try:
        docx = import_module("docx")
        import_module("docx.enum.text")
        import_module("docx.enum.section")
    except ModuleNotFoundError:
        raise needed("python-docx", "docx") from None
    return _Writer(docx, document, before).content()


class _Writer:
    """Makes the parts of one document."""

    def __init__(self, docx: Any, document: Document, before: bytes | None) -> None:
        self.docx, self.document = docx, document
        self.made = docx.Document() if before is None else docx.Document(io.BytesIO(before))
        if before is None:
            self._page()

    def _page(self) -> None:
        section, inches = self.made.sections[0], self.docx.shared.Inches
        width, height = PAGES[self.document.page]
        if self.document.landscape:
            width, height = height, width
            section.orientation = self.docx.enum.section.WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = inches(width), inches(height)
        self._font(self.made.styles["Normal"].font, self.document.look)

    def content(self) -> bytes:
        for block in self.document.blocks:
            if isinstance(block, Paragraph):
                self._paragraph(self.made.add_paragraph(style=block.style or None), block.runs, block.align)
            elif isinstance(block, Break):
                if block.section:
                    self.made.add_section()
                else:
                    self.made.add_page_break()
            else:
                self._table(block)
        stream = io.BytesIO()
        self.made.save(stream)
        return stream.getvalue()

    def _paragraph(self, paragraph: Any, runs: tuple[Run, ...], align: str) -> None:
        if align:
            paragraph.alignment = getattr(self.docx.enum.text.WD_ALIGN_PARAGRAPH, ALIGNMENTS[align])
        for run in runs:
            made = paragraph.add_run(run.text)
            if run.picture:
                self._picture(made, run)
            self._font(made.font, run.look)
            for _ in range(run.breaks):
                made.add_break()

    def _picture(self, made: Any, run: Run) -> None:
        inches = self.docx.shared.Inches
        width, height = (inches(size) if size else None for size in (run.width, run.height))
        try:
            made.add_picture(run.picture, width, height)
        except FileNotFoundError:
            raise StataError(601, f"file {run.picture} not found") from None
        except Exception as error:
            raise StataError(610, f"file {run.picture} is no picture that a document can hold") from error

    def _font(self, font: Any, look: Look) -> None:
        for name, value in (
            ("bold", look.bold),
            ("italic", look.italic),
            ("underline", look.underline),
            ("strike", look.strikeout),
            ("all_caps", look.allcaps),
            ("small_caps", look.smallcaps),
            ("superscript", look.script == "super"),
            ("subscript", look.script == "sub"),
        ):
            if value:
                setattr(font, name, True)
        if look.font:
            font.name = look.font
        if look.size:
            font.size = self.docx.shared.Pt(look.size)
        if look.color:
            font.color.rgb = self.docx.shared.RGBColor.from_string(look.color)

    def _table(self, table: DocumentTable) -> None:
        if table.title:
            self.made.add_paragraph(table.title)
        grid = self.made.add_table(len(table.rows), max(map(len, table.rows)))
        if table.border:
            grid.style = "Table Grid"
        if table.align:
            place = self.docx.enum.table.WD_TABLE_ALIGNMENT
            grid.alignment = getattr(place, ALIGNMENTS[table.align])
        for row, cells in enumerate(table.rows):
            if row < table.heads:
                grid.rows[row]._tr.get_or_add_trPr().append(self._element("tblHeader", val="true"))
            for column, cell in enumerate(cells):
                self._cell(grid, row, column, cell)
        for note in table.notes:
            self.made.add_paragraph(note)

    def _cell(self, grid: Any, row: int, column: int, cell: DocumentCell) -> None:
        if not cell.across or not cell.down:
            return
        made = grid.cell(row, column)
        if cell.across > 1 or cell.down > 1:
            made = made.merge(grid.cell(row + cell.down - 1, column + cell.across - 1))
        if cell.shading:
            made._tc.get_or_add_tcPr().append(
                self._element("shd", val="clear", color="auto", fill=cell.shading)
            )
        paragraph = made.paragraphs[0]
        paragraph.paragraph_format.space_after = 0
        self._paragraph(paragraph, cell.runs, cell.align)

    def _element(self, tag: str, **attributes: str) -> Any:
        oxml, names = import_module("docx.oxml"), import_module("docx.oxml.ns")
        made = oxml.OxmlElement(f"w:{tag}")
        for name, value in attributes.items():
            made.set(names.qn(f"w:{name}"), value)
        return made
