"""Show the pages of training with thin views, each from form to workflow to redirect."""
