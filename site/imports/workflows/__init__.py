"""The steps of an import, one module each.

`upload` receives a sheet, starts its check, discards it · `columns` matches headings · `check`
reads rows in chunks in the background · `apply` and `undo` let the tenant write and take back ·
`give_back` returns what stopped · `error_workbook` · `housekeeping`.
"""
