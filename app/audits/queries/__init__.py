"""Questions of those who check an installation."""
