"""Who works for a merchant: members, invitations, and the record of who did what. docs/accounts.md."""
