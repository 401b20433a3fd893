"""One's own account: what protects it, another password, and where one is signed in. Open to every role."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from arrears.actions import sign_in
from arrears.interfaces.console.access import history
from arrears.interfaces.ui import address, refusals, seats
from arrears.interfaces.ui.onward import asked, is_ours
from arrears.kernel.clock import SystemClock
from arrears.kernel.errors import Refusal
from arrears.records.signin import factors, queries


class NewPassword(forms.Form):
    """The present password, and a new one twice."""

    password = forms.CharField(max_length=200, strip=False, label=_("Present password"))
    new_password = forms.CharField(max_length=200, strip=False, label=_("New password"))
    again = forms.CharField(max_length=200, strip=False, label=_("New password once more"))

    def clean_again(self) -> str:
        """Twice the same."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new_password"):
            raise forms.ValidationError(gettext("The two new passwords differ."))
        return again


@require_GET
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """What protects this account, and its open sessions."""
    user, at = request.user, SystemClock().now()
    sessions = queries.sessions_of(user.pk, this=request.session.session_key or "", at=at)
    context = {
        "sessions": sessions,
        "elsewhere": len(sessions) > 1,
        "history": history.of([f"user:{user.pk}"], without=[sign_in.SIGNED_IN]),
        "codes_left": factors.codes_left(user.pk),
        "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "console/account/account.html", context)


@never_cache
@sensitive_post_parameters("password", "new_password", "again")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose a new password; asked of everybody whose password somebody else made."""
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("password", "new_password")}
        try:
            _change(request, given)
        except Refusal as refusal:
            form.add_error(None, refusals.sentence(refusal))
        else:
            messages.success(request, gettext("The new password holds from now on."))
            return redirect("account")
    return render(request, "console/account/password.html", {"form": form})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The password once more, before something that matters; then back to the page of the form."""
    onward, error = asked(request), ""
    if request.method == "POST":
        password = request.POST.get("password", "")[:200]
        try:
            sign_in.confirm(
                user_id=request.user.pk, password=password, address=address.of(request), at=SystemClock().now()
            )
        except Refusal as refusal:
            error = refusals.sentence(refusal)
        else:
            seats.confirm(request)
            return HttpResponseRedirect(onward) if is_ours(request, onward) else redirect("account")
    return render(request, "console/account/confirm.html", {"next": onward, "error": error})


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    this, at = request.session.session_key or "", SystemClock().now()
    count = sign_in.sign_out_elsewhere(user_id=request.user.pk, session_key=this, at=at)
    told = ngettext("%(count)d other session has ended.", "%(count)d other sessions have ended.", count)
    messages.success(request, told % {"count": count})
    return redirect("account")


def _change(request: HttpRequest, given: dict[str, str]) -> None:
    key, whence = request.session.session_key or "", address.of(request)
    sign_in.change_password(user_id=request.user.pk, **given, session_key=key, address=whence, at=SystemClock().now())
    request.user.refresh_from_db()
    auth.update_session_auth_hash(request, request.user)  # type: ignore[arg-type]
