"""The union officer's desk: tree, members, imports of spreadsheets. Stands above rights, because each of its acts asks for one."""
