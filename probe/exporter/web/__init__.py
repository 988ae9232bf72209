"""The HTTP side: routes, logins, pages, and the socket beneath them."""
