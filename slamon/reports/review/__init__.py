"""The review pack of a customer, the agenda and the minutes of the meeting, and the team lead's view."""
