"""The sheets and columns of our XLSForms."""

from __future__ import annotations

from parindex.language import Language

LANGUAGE_NAMES: dict[Language, str] = {"vi": "Vietnamese (vi)", "en": "English (en)"}
"""As the columns of labels carry them: name and code, by which form tools tell languages."""

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
ABOUT, INDEX = "parindex_about", "parindex_index"


def translated(column: str, language: Language) -> str:
    """ "label" -> "label::English (en)"."""
    return f"{column}::{LANGUAGE_NAMES[language]}"


# Columns of ours on the sheets of XLSForm.
ITEM = "parindex_item"  # the item of a question that is asked once per policy group
GROUP = "parindex_group"  # the policy group it is asked about here
GROUPS_ASKED = "parindex_groups_asked"
KIND = "parindex_kind"
FACTOR = "parindex_factor"
NODE = "parindex_node"
SOURCE = "parindex_source"
TEXT: dict[Language, str] = {"vi": "parindex_text_vi", "en": "parindex_text_en"}  # the text with {group} in it
VALUE = "parindex_value"
VALID = "parindex_valid"
EXCLUSIVE = "parindex_exclusive"
SATISFIED = "parindex_satisfied"

SURVEY_COLUMNS = (
    "type",
    "name",
    translated("label", "vi"),
    translated("label", "en"),
    translated("hint", "vi"),
    translated("hint", "en"),
    "required",
    "relevant",
    "constraint",
    translated("constraint_message", "vi"),
    translated("constraint_message", "en"),
    "calculation",
    ITEM,
    GROUP,
    GROUPS_ASKED,
    KIND,
    FACTOR,
    NODE,
    SOURCE,
    TEXT["vi"],
    TEXT["en"],
)
CHOICES_COLUMNS = (
    "list_name",
    "name",
    translated("label", "vi"),
    translated("label", "en"),
    VALUE,
    VALID,
    EXCLUSIVE,
    SATISFIED,
)
SETTINGS_COLUMNS = ("form_title", "form_id", "version", "default_language")
ABOUT_COLUMNS = ("key", "code", "vi", "en", "value")
INDEX_COLUMNS = (
    "level",
    "code",
    "parent",
    "vi",
    "en",
    "weight",
    "since",
    "source",
    "formula",
    "factor",
    "national",
)
