"""Who a person is: accounts, persons, identity numbers. Knows no union and no right."""
