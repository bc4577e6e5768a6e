"""Of two enrolments of one person in one class, one may be set aside when the records merge."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_courses_classes_exams"),
        ("org", "0003_memberships_by_union"),
        ("people", "0008_living_persons_by_name"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_once_per_person",
        ),
        migrations.AlterField(
            model_name="enrolment",
            name="state",
            field=models.CharField(
                choices=[
                    ("applied", "Applied"),
                    ("pending_review", "In review"),
                    ("waitlisted", "On the waiting list"),
                    ("offered", "Place offered"),
                    ("admitted", "Admitted"),
                    ("refused", "Refused"),
                    ("attending", "Attending"),
                    ("withdrawn", "Withdrawn"),
                    ("dropped", "Dropped out"),
                    ("eligible", "Ready for the exam"),
                    ("passed", "Passed"),
                    ("failed", "Not passed"),
                    ("absent", "Absent"),
                    ("certified", "Certified"),
                    ("merged", "Set aside as a duplicate enrolment"),
                ],
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "merged"), _negated=True),
                fields=("training_class", "person"),
                name="enrolment_once_per_person",
            ),
        ),
    ]
