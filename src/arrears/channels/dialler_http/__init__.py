"""A switchboard that is asked over HTTP to connect two telephones."""
