"""Make the front page and let the default site begin there, in place of Wagtail's welcome page."""

from django.db import migrations


def make_front_page(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("home", "HomePage")
    NewsIndexPage = apps.get_model("home", "NewsIndexPage")

    locale = Locale.objects.order_by("pk").first()
    root = Page.objects.get(depth=1)
    welcome = Page.objects.filter(depth=2, slug="home", path=f"{root.path}0001", numchild=0).first()
    if welcome is None and Page.objects.filter(depth=2).exists():
        return  # a site with pages of its own: `home.workflows.ensure_site` decides there
    if welcome is not None:
        Site.objects.filter(root_page_id=welcome.pk).delete()
        welcome.delete()

    def page(model, name, **fields):
        kind, _made = ContentType.objects.get_or_create(app_label="home", model=name)
        return model.objects.create(
            content_type=kind, locale=locale, draft_title=fields["title"], live=True, **fields
        )

    front = page(
        HomePage,
        "homepage",
        title="匠路",
        slug="home",
        path=f"{root.path}0001",
        depth=2,
        numchild=1,
        url_path="/home/",
    )
    page(
        NewsIndexPage,
        "newsindexpage",
        title="资讯",
        slug="news",
        path=f"{front.path}0001",
        depth=3,
        numchild=0,
        url_path="/home/news/",
        show_in_menus=True,
    )
    root.numchild = 1
    root.save(update_fields=["numchild"])
    Site.objects.create(
        hostname="localhost", port=80, root_page_id=front.pk, is_default_site=True, site_name="匠路"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_front_page_and_news"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Going back would delete what editors have written under the front page: left to people.
    operations = [migrations.RunPython(make_front_page, migrations.RunPython.noop)]
