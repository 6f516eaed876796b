"""The page: a local server without database or network, and the page's words, levers and graphs as tables."""
