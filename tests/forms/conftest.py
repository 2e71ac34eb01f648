"""The documents of all forms, printed once for all tests that look at pages."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.conftest import ToPdfs
from tests.forms.gallery import Document, contents, document
from tests.judges import pdf_pages


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory, to_pdfs: ToPdfs) -> list[Document]:
    """Return every form in every case, printed by LibreOffice and read back."""
    folder = tmp_path_factory.mktemp("gallery")
    made = contents()
    files = []
    for (form, case), content in made.items():
        files.append(folder / f"{form}--{case}.docx")
        files[-1].write_bytes(content)
    with ProcessPoolExecutor(2) as pool:  # reading a page takes longer than printing it
        pages = list(pool.map(pdf_pages, to_pdfs(files, folder), chunksize=4))
    return [
        document(form, case, content, found)
        for ((form, case), content), found in zip(made.items(), pages, strict=True)
    ]
