"""Pure decisions about certificates, such as numbers, status and wording. They use no Django."""
