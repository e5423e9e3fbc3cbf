"""A project whose users have no user name: they log in with an e-mail address."""
