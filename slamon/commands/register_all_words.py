"""`slamon register ...`: its groups of commands."""

from slamon.commands import reconcile_words, results_words
from slamon.commands.register_action_words import action_app
from slamon.commands.register_complaint_words import complaint_app
from slamon.commands.register_erase_words import erase
from slamon.commands.register_export_words import export
from slamon.commands.register_import_words import import_complaints, import_scores
from slamon.commands.register_review_words import review_app
from slamon.commands.register_satisfaction_words import satisfaction_app
from slamon.commands.register_words import correction_app
from slamon.commands.words import group

register_app = group("What people enter: corrections, complaints, reviews, actions.")
complaint_app.command("import", short_help="Enter the complaints of a file.")(import_complaints)
satisfaction_app.command("import", short_help="Enter the scores of a file.")(import_scores)
register_app.add_typer(correction_app, name="correction")
register_app.add_typer(complaint_app, name="complaint")
register_app.add_typer(satisfaction_app, name="satisfaction")
register_app.add_typer(review_app, name="review")
register_app.add_typer(action_app, name="action")
reconcile_words.put(register_app)
register_app.command("erase", short_help="Erase a person's name, or texts.")(erase)
results_words.put(satisfaction_app, action_app)
register_app.command("export", short_help="Write what people entered, for other programs.")(export)
