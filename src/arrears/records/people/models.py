"""People who owe, and their contact points. Everything that identifies stands sealed (see `privacy.cipher`)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arrears.records.people import indexing
from arrears.records.privacy.fields import Index, SealedField


class Relation(models.TextChoices):
    SELF = "SELF", _("Borrower")
    GUARANTOR = "GUARANTOR", _("Guarantor")
    SPOUSE = "SPOUSE", _("Spouse")
    KIN = "KIN", _("Relative")
    COLLEAGUE = "COLLEAGUE", _("Colleague")
    EMPLOYER = "EMPLOYER", _("Employer")
    OTHER = "OTHER", _("Other contact")


class PointKind(models.TextChoices):
    MOBILE = "MOBILE", _("Mobile")
    PHONE = "PHONE", _("Fixed line")
    EMAIL = "EMAIL", _("E-mail")
    ADDRESS = "ADDRESS", _("Address")
    WECHAT = "WECHAT", _("WeChat")
    QQ = "QQ", "QQ"
    APP = "APP", _("Account in the lender's app")


class Person(models.Model):
    """A customer of the lender. The row is also the lock under which the gate counts this person's contacts."""

    customer_id = models.CharField(max_length=64, primary_key=True)
    region_code = models.CharField(max_length=16, blank=True)
    timezone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=12, blank=True)  # blank where nobody has told
    name_sealed = SealedField("people.person.name", index=Index("name_index", indexing.of_name), null=True)
    id_number_sealed = SealedField(
        "people.person.id_number", index=Index("id_number_index", indexing.of_id_number), null=True
    )
    birth_on_sealed = SealedField("people.person.birth_on", null=True)
    employer_sealed = SealedField("people.person.employer", null=True)
    name_index = models.CharField(max_length=32, blank=True)
    id_number_index = models.CharField(max_length=32, blank=True)
    told_on = models.DateField(null=True)  # of which business date the first tape was that told of them
    # Who they are, and how they are reached, was deleted that day; no tape brings it back until they borrow again.
    erased_on = models.DateField(null=True)
    points_erased_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name_index"], name="people_person_by_name"),
            models.Index(fields=["id_number_index"], name="people_person_by_id_number"),
            models.Index(
                fields=["erased_on"], name="people_person_erased", condition=models.Q(erased_on__isnull=False)
            ),
            models.Index(
                fields=["points_erased_on"],
                name="people_person_points_erased",
                condition=models.Q(points_erased_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.customer_id


class ContactPoint(models.Model):
    """One number or address. `value_index` is a keyed hash, so the same number can be found without being read.

    replaced_by : the contact point that stands in its place since the person had it corrected
    """

    contact_point_id = models.CharField(max_length=32, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=12, choices=PointKind.choices)
    relation = models.CharField(max_length=12, choices=Relation.choices)
    value_sealed = SealedField(
        "people.contact_point.value", index=Index("value_index", indexing.of_point, beside=("kind",))
    )
    value_index = models.CharField(max_length=32, db_index=True)
    consented_on = models.DateField(null=True)
    verified_on = models.DateField(null=True)
    invalid_since = models.DateTimeField(null=True)
    replaced_by = models.CharField(max_length=32, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(relation__in=Relation.values), name="people_contact_point_relation_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.contact_point_id
