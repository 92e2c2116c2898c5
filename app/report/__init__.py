"""A comparison as one self-contained HTML page, to be attached to a bug report: no Qt, no network, no script.

`content` is what the page is made from; `verdict` says it in sentences, `pictures` and `histogram` draw it,
`sections`, `details` and `page` put it together out of `markup`, which escapes all text by itself.
"""
