"""The catalogue names the same forms and languages of reports as the command does."""

from slamon.catalogue.reporting import Form, Language
from slamon.commands.formats import Tongue
from slamon.reports.forms import ReportFormat


def test_the_catalogue_knows_the_forms_and_languages_that_there_are() -> None:
    assert [form.value for form in Form] == [form.value for form in ReportFormat]
    assert {language.value for language in Language} == {tongue.value for tongue in Tongue}
