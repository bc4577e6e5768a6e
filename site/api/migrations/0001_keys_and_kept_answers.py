"""Keys of programs, and answers kept for a day."""

import uuid

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('org', '0002_unit_history_and_belonging'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public identifier')),
                ('name', models.CharField(max_length=60, verbose_name="purpose")),
                ('prefix', models.CharField(max_length=16, unique=True, verbose_name="starts with")),
                ('secret_hash', models.CharField(editable=False, max_length=64)),
                ('scopes', models.JSONField(verbose_name="permissions")),
                ('ends_on', models.DateField(verbose_name='valid until')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('employer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.employer', verbose_name='employer')),
                ('org', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.orgunit', verbose_name='union')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL, verbose_name="set up by")),
            ],
            options={
                'verbose_name': "API key",
                'verbose_name_plural': "API keys",
            },
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                ('request_key', models.CharField(editable=False, max_length=64)),
                ('request_hash', models.CharField(editable=False, max_length=64)),
                ('status', models.PositiveSmallIntegerField(default=0, verbose_name='status')),
                ('body', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True, verbose_name='reply')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='api.apikey', verbose_name="API key")),
            ],
            options={
                'verbose_name': "stored reply",
                'verbose_name_plural': "stored replies",
            },
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('employer__isnull', False), ('org__isnull', True)), models.Q(('employer__isnull', True), ('org__isnull', False)), _connector='OR'), name='api_key_for_one'),
        ),
        migrations.AddIndex(
            model_name='keptanswer',
            index=models.Index(fields=['at'], name='kept_answer_age'),
        ),
        migrations.AddConstraint(
            model_name='keptanswer',
            constraint=models.UniqueConstraint(fields=('key', 'request_key'), name='kept_answer_once'),
        ),
    ]
