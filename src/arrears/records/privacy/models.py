"""The vault's own keys: data keys that seal, index keys that find. Each stands wrapped by a master key."""

from django.db import models

SEAL, INDEX = "SEAL", "INDEX"
PURPOSES = (SEAL, INDEX)


class VaultKey(models.Model):
    """Never deleted: what it sealed may stand in a backup. The highest number of a purpose is the one in use.

    number : told by every sealed value and index; 0 is the key of before there were numbers
    master : which master key wrapped it; retired_at : since when nothing in the books was found to be under it
    """

    purpose = models.CharField(max_length=8, choices=[(purpose, purpose) for purpose in PURPOSES])
    number = models.PositiveIntegerField()
    algorithm = models.CharField(max_length=16)
    master = models.CharField(max_length=80)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "number"], name="privacy_one_key_a_number"),
            models.CheckConstraint(condition=models.Q(purpose__in=PURPOSES), name="privacy_purpose_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"
