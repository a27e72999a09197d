import pytest

from listings.imports.duplicates import name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [("Café L'Étoile", "cafe  letoile"), ("H&M", "h & m"), ("ＭＵＪＩ", "Muji"), ("麥當勞（民生）", "麥當勞 民生")],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Café 1", "Café 2"), ("!!!", "???"), ("", "x")])
def test_other_names_do_not(one, other):
    assert name_key(one) != name_key(other)
