from django.db import migrations, models

CLASS_STATES = [
    ("draft", "Draft"),
    ("filed", "Filed"),
    ("approved", "Approved"),
    ("returned", "Returned"),
    ("enrolling", "Enrolling"),
    ("closed", "Enrolment closed"),
    ("running", "Running"),
    ("assessing", "In assessment"),
    ("finished", "Finished"),
    ("archived", "Archived"),
    ("suspended", "Suspended"),
    ("cancelled", "Cancelled"),
]
ENROLMENT_STATES = [
    ("applied", "Applied"),
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
    ("merged", "Set aside: enrolled twice"),
]


class Migration(migrations.Migration):
    """States nobody could reach leave the tables; a suspended class knows where it stood; a class may review enrolments.

    Going back: no row can hold the two choices that left, so undoing only drops the two columns.
    """

    dependencies = [("courses", "0005_answers_by_receipt_and_late_decisions")]
    operations = [
        migrations.AddField(
            model_name="trainingclass",
            name="enrolment_reviewed",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "Workers apply, and the class head admits or refuses each applicant with a "
                    "reason. Otherwise places are given in order of enrolment."
                ),
                verbose_name="enrolments are reviewed",
            ),
        ),
        migrations.AddField(
            model_name="trainingclass",
            name="suspended_from",
            field=models.CharField(
                blank=True, choices=CLASS_STATES, default="", editable=False, max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="enrolment",
            name="state",
            field=models.CharField(choices=ENROLMENT_STATES, max_length=20, verbose_name="state"),
        ),
        migrations.AlterField(
            model_name="trainingclass",
            name="state",
            field=models.CharField(
                choices=CLASS_STATES,
                default="draft",
                editable=False,
                max_length=20,
                verbose_name="state",
            ),
        ),
    ]
