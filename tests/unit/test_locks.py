"""The lock files: versions with hashes, and no address or path of any machine."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_pinned_versions_with_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    pinned = re.findall(r"^([a-z0-9_.\[\]-]+)==\S+ \\$", text, re.MULTILINE)

    assert len(pinned) > 30
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text
    assert not re.findall(r"^--", text, re.MULTILINE)
