"""The county's console: pages for a browser, drawn on the server. Each room is a module with a router; `app` puts them together."""
