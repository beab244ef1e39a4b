"""The tree of errors.

    SlamonError             exit code 3: our own failure
      UsageError            exit code 2: the command's words are off
      ConfigurationError    exit code 1 from `check`, 2 elsewhere: the user's configuration is wrong
      LedgerError           the ledger cannot be opened, read or written
        LedgerBusy          another process has it
        LedgerTooNew        written by a newer version
        LedgerDamaged       the file is not sound
        LedgerReadOnly      the file or its folder cannot be written
        LedgerFull          no space left

A message names the place, what was found and what would be right.
"""


class SlamonError(Exception):
    """Base of all errors of ours."""

    exit_code = 3


class UsageError(SlamonError):
    """What was asked for cannot be: a period that does not exist, a time in the future, an unknown service."""

    exit_code = 2


class ConfigurationError(SlamonError):
    """The configuration is wrong; the message lists every problem with its place."""

    exit_code = 2


class LedgerError(SlamonError):
    """The ledger cannot be used."""


class LedgerBusy(LedgerError):
    """Another process holds the ledger."""


class LedgerTooNew(LedgerError):
    """A newer version wrote the ledger."""


class LedgerDamaged(LedgerError):
    """The ledger's file is not sound."""


class LedgerReadOnly(LedgerError):
    """The ledger's file or folder cannot be written."""


class LedgerFull(LedgerError):
    """No space is left where the ledger is."""
