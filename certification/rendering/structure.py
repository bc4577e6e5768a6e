"""The logical structure of a page, as tagged PDF and PDF/UA-1 require.

It says what is a heading, a paragraph or a picture, and in which order they are read. WeasyPrint
marks what it paints and writes a tree of its own, which knows neither the other layers of our pages
nor the language of a paragraph. So its tree is read and taken out (`take_blocks`), and one tree for
the whole page is written (`write_tree`). Marked content has a number (MCID) within its stream,
which is that of the page or that of the form XObject that holds the fixed layer (ISO 32000-1,
14.7.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pydyf

from certification.rendering.layers import SerialisedObject

DECORATION = "decoration"
"""The alternative text, in our templates, of a picture that says nothing: it is marked as an artifact, which no screen reader reads."""

PAGE_PARENTS, LAYER_PARENTS, FIELD_PARENT = 0, 1, 2
"""The keys of the parent tree: content of the page (WeasyPrint numbers pages from 0), content of the layer, the signature field."""

_BLOCKS = frozenset({"/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Figure"})
_TREE_TYPES = frozenset({"/StructTreeRoot", "/StructElem", "/Namespace"})
_POINTS_IN_PIXEL = 0.75
_UA_PROPERTIES = (
    b'<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag>'
    b'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>'
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li>"
    b"</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>'
)
"""PDF/UA-1, and its description, which PDF/A asks for since its own list doesn't know the property (ISO 19005-3, 6.6.2.3)."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points, as PDF counts."""


@dataclass(frozen=True, slots=True)
class Block:
    """Content of one stream that belongs together.

    *tag* is its kind (`P`, `H1`, `Figure`), *marks* its marked content, *box* the frame of a
    picture.
    """

    tag: str
    marks: tuple[int, ...]
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the tree.

    *marks* are content of the page, *layer_marks* content of the fixed layer, which is read before
    it.
    """

    tag: Literal["H1", "P", "Figure"]
    marks: tuple[int, ...] = ()
    layer_marks: tuple[int, ...] = ()
    language: str = ""
    """If it differs from that of the document."""
    alternative: str = ""
    """What a screen reader says of a picture."""
    box: Box | None = None


def take_blocks(pdf: Any, *, height: float) -> list[Block]:
    """Remove WeasyPrint's tree from *pdf*, a `pydyf.PDF` of one page, and return its blocks in
    reading order.

    Decoration becomes an artifact in the page's stream. *height* of the page is in points. Blocks
    without content are left out. Raises `ValueError` if the objects aren't where WeasyPrint puts
    them.
    """
    root = pdf.objects[_number(pdf.catalog.pop("StructTreeRoot"))]
    blocks = list(_blocks(pdf, pdf.objects[_number(root["K"][0])], height))
    _remove_tree(pdf, _number(root["ParentTree"]))
    page = pdf.objects[_number(pdf.page_references[0])]
    decorated = {
        mark for block, alternative in blocks if alternative == DECORATION for mark in block.marks
    }
    _turn_into_artifacts(pdf.objects[_number(page["Contents"])], decorated)
    return [block for block, alternative in blocks if block.marks and alternative != DECORATION]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _blocks(pdf: Any, element: Any, height: float) -> Iterator[tuple[Block, str]]:
    if element["S"] not in _BLOCKS:
        for kid in element["K"]:
            if isinstance(kid, bytes):
                yield from _blocks(pdf, pdf.objects[_number(kid)], height)
            else:
                raise ValueError("content outside of any block")
        return
    box = None
    if "A" in element:
        left, top, right, bottom = (value * _POINTS_IN_PIXEL for value in element["A"]["BBox"])
        box = (left, height - bottom, right, height - top)
    alternative = element["Alt"].string if "Alt" in element else ""
    yield Block(element["S"][1:], tuple(_marks(pdf, element)), box), alternative


def _marks(pdf: Any, element: Any) -> Iterator[int]:
    for kid in element["K"]:
        if isinstance(kid, bytes):
            yield from _marks(pdf, pdf.objects[_number(kid)])
        else:
            yield int(kid)


def _remove_tree(pdf: Any, first: int) -> None:
    """Remove the objects from the number *first* on.

    WeasyPrint adds those of its tree last, with only the metadata after them. Raises `ValueError`
    for any other object among them.
    """
    removed = pdf.objects[first:]
    del pdf.objects[first:]
    for item in removed:
        if isinstance(item, pydyf.Stream):
            if item.extra.get("Type") != "/Metadata":
                raise ValueError("a stream among the objects of the structure")
            pdf.add_object(item)
            pdf.catalog["Metadata"] = item.reference
        elif item.get("Type") not in _TREE_TYPES and "Nums" not in item:
            raise ValueError("another object among those of the structure")


def _turn_into_artifacts(stream: Any, marks: set[int]) -> None:
    """Change marked content that begins `/Figure <</MCID n>> BDC`, three items of the stream, into
    artifacts.
    """
    items = stream.stream
    for place, item in enumerate(items):
        if isinstance(item, pydyf.Dictionary) and item.get("MCID") in marks:
            items[place - 1 : place + 2] = ["/Artifact", b"", b"BMC"]  # as many items as before


def begin_figure(stream: Any, mark: int) -> None:
    """Begin the content of a picture in *stream*. `end_marked_content` ends it."""
    stream.begin_marked_content("Figure", pydyf.Dictionary({"MCID": mark}))


def write_tree(
    pdf: Any,
    page: bytes,
    elements: Sequence[Element],
    *,
    language: str,
    layer: bytes | None = None,
    field: bytes | None = None,
) -> None:
    """Add the tree of *elements* to *pdf*.

    *page*, *layer* (the form XObject) and *field* (the signature widget) are references.
    """
    root = len(pdf.objects)
    parents, document, first = root + 1, root + 2, root + 3
    count = len(elements) + (field is not None)
    kids = b" ".join(b"%d 0 R" % number for number in range(first, first + count))
    nums = b"%d[%s]" % (PAGE_PARENTS, _parents((element.marks for element in elements), first))
    if layer is not None:
        nums += b"%d[%s]" % (
            LAYER_PARENTS,
            _parents((element.layer_marks for element in elements), first),
        )
    if field is not None:
        nums += b"%d %d 0 R" % (FIELD_PARENT, first + len(elements))
    spoken = pydyf.String(language).data
    made = [
        b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>"
        % (document, parents, FIELD_PARENT + 1),
        b"<</Nums[" + nums + b"]>>",
        b"<</S/Document/P %d 0 R/Lang%s/K[%s]>>" % (root, spoken, kids),
        *(_element(element, document, page, layer) for element in elements),
    ]
    if field is not None:
        made.append(b"<</S/Form/P %d 0 R/Pg %s/K<</Type/OBJR/Obj %s>>>>" % (document, page, field))
    for data in made:
        pdf.add_object(SerialisedObject(data))
    pdf.catalog["StructTreeRoot"] = b"%d 0 R" % root


def _parents(marks_of_elements: Iterable[tuple[int, ...]], first: int) -> bytes:
    """Return the references of the elements that own the marks 0, 1, 2 …, with null for an
    artifact's mark.
    """
    owners = {
        mark: first + index for index, marks in enumerate(marks_of_elements) for mark in marks
    }
    return b" ".join(
        b"%d 0 R" % owners[mark] if mark in owners else b"null"
        for mark in range(max(owners, default=-1) + 1)
    )


def _element(element: Element, document: int, page: bytes, layer: bytes | None) -> bytes:
    kids = [b"<</Type/MCR/Stm %s/MCID %d>>" % (layer, mark) for mark in element.layer_marks]
    kids += [b"%d" % mark for mark in element.marks]
    entries = b"/S/%s/P %d 0 R/Pg %s" % (element.tag.encode("ascii"), document, page)
    if element.language:
        entries += b"/Lang" + pydyf.String(element.language).data
    if element.alternative:
        entries += b"/Alt" + pydyf.String(element.alternative).data
    if element.box is not None:
        entries += b"/A<</O/Layout/BBox[%s]>>" % b" ".join(
            f"{value:.2f}".encode("ascii") for value in element.box
        )
    return b"<<%s/K[%s]>>" % (entries, b" ".join(kids))


def complete_tree(pdf: Any, *, field: bytes, parent: int) -> None:
    """Add the signature *field* to WeasyPrint's own tree of *pdf*, and mark margins as artifacts.

    *field* is a reference, *parent* its key. WeasyPrint marks page numbers as content that belongs
    to no element of the tree.
    """
    root = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
    document, parents = pdf.objects[_number(root["K"][0])], pdf.objects[_number(root["ParentTree"])]
    form = SerialisedObject(
        b"<</S/Form/P %s/Pg %s/K<</Type/OBJR/Obj %s>>>>"
        % (document.reference, pdf.page_references[0], field)
    )
    pdf.add_object(form)
    document["K"].append(form.reference)
    parents["Nums"].extend([parent, form.reference])
    root["ParentTreeNextKey"] = parent + 1
    tree = set(_references(pdf, document))
    for number, reference in enumerate(pdf.page_references):
        owners = parents["Nums"][2 * number + 1]
        loose = {mark for mark, owner in enumerate(owners) if owner not in tree}
        _turn_into_artifacts(
            pdf.objects[_number(pdf.objects[_number(reference)]["Contents"])], loose
        )
        owners[:] = ["null" if mark in loose else owner for mark, owner in enumerate(owners)]


def _references(pdf: Any, element: Any) -> Iterator[bytes]:
    for kid in element["K"]:
        if isinstance(kid, bytes):
            yield kid
            if isinstance(pdf.objects[_number(kid)], pydyf.Dictionary):
                yield from _references(pdf, pdf.objects[_number(kid)])


def declare_accessible(pdf: Any) -> None:
    """Declare in the XMP metadata of *pdf*, if it has any, that the file is PDF/UA-1."""
    if "Metadata" in pdf.catalog:
        metadata = pdf.objects[_number(pdf.catalog["Metadata"])]
        before, end, after = b"\n".join(metadata.stream).rpartition(b"</rdf:RDF>")
        metadata.stream = [before + _UA_PROPERTIES + end + after]
