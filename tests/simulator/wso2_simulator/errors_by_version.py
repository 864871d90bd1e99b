# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status and the description that each version of WSO2 uses for one and the same error."""

from __future__ import annotations

from .component_version import (
    V5_3_4,
    V5_6,
    V6_0,
    V6_2,
    V6_4_2,
    V6_4_111,
    V6_4_176,
    V6_11,
    V6_13,
    V7_0,
    V7_0_259,
    is_recorded,
)
from .directory import Application, User
from .error_responses import invalid_grant, invalid_request, oauth_error, server_error
from .http_messages import ErrorResponse
from .servlet_container import tomcat_page
from .settings import Settings

BOTH_METHODS = "Request body and headers contain authorization information"
SEVERAL_METHODS = "The client MUST NOT use more than one authentication method in each"
BAD_FORMAT = 'Error decoding authorization header. Space delimited "<authMethod> <base64Hash>" format violated.'
BAD_BASIC = "Error decoding authorization header. Two parts separated by one colon are expected."


def _bad_client(settings: Settings, description: str, *, challenge: bool = True) -> ErrorResponse:
    response = oauth_error(settings, 401, "invalid_client", description, outcome="bad_client", challenge=challenge)
    return ErrorResponse(response)


def unknown_client(settings: Settings, client_id: str) -> ErrorResponse:
    """Reject a consumer key that no application has."""
    if settings.version >= V6_13:
        return _bad_client(settings, "Client credentials are invalid.")
    text = f"A valid OAuth client could not be found for client_id: {client_id}"
    return _bad_client(settings, text, challenge=settings.version >= V6_11)


def wrong_secret(settings: Settings) -> ErrorResponse:
    """Reject a consumer secret."""
    old = settings.version <= V6_4_2
    return _bad_client(settings, "Client Authentication failed." if old else "Client credentials are invalid.")


def no_client_authentication(settings: Settings) -> ErrorResponse:
    """Reject a request without client authentication."""
    if settings.version >= V7_0:
        return _bad_client(settings, "Client ID not found in the request.")
    if settings.version >= V6_2:
        return _bad_client(settings, "Unsupported Client Authentication Method!")
    return invalid_request(settings, "Unsupported Client Authentication Method!")


def malformed_basic(settings: Settings) -> ErrorResponse:
    """Reject a Basic header that is not base64 of exactly two parts: five versions do it in five ways."""
    if settings.version >= V7_0:
        return _bad_client(settings, BAD_BASIC)
    if is_recorded(settings.version):
        return _bad_client(settings, BAD_FORMAT)
    if V6_4_2 <= settings.version <= V6_4_111:
        return ErrorResponse(tomcat_page(500, "Internal Server Error"))
    if settings.version <= V5_3_4:
        return ErrorResponse(oauth_error(settings, 404, "server_error", BAD_BASIC, outcome="bad_client"))
    return invalid_request(settings, BAD_BASIC)


def both_methods(settings: Settings) -> ErrorResponse:
    """Reject a secret in the header and in the body."""
    if settings.version <= V5_3_4:
        return _bad_client(settings, BOTH_METHODS)
    return invalid_request(settings, BOTH_METHODS)


def other_method_required(settings: Settings) -> ErrorResponse:
    """Reject a method other than the only one of the application."""
    return _bad_client(settings, "No valid authenticators found for the application.")


def inactive_application(settings: Settings, application: Application) -> ErrorResponse:
    """Reject an application that was revoked or switched off."""
    newer = application.state == "disabled" and settings.version >= V7_0
    text = "Application is disabled." if newer else "Oauth application is not in active state"
    return _bad_client(settings, text, challenge=settings.version >= V6_11)


def _shown_name(settings: Settings, application: Application, typed: str, name: str, tenant: str) -> str:
    if settings.version <= V5_3_4:
        return f"{name}@{tenant}"
    if is_recorded(settings.version) and tenant != application.tenant:
        return typed
    return name if settings.version < V7_0 else typed


def failed_login(
    settings: Settings, application: Application, typed: str, name: str, tenant: str, code: str = ""
) -> ErrorResponse:
    """Reject user and password without saying which; ``code`` leads the text if the server shows reasons."""
    text = f"Authentication failed for {_shown_name(settings, application, typed, name, tenant)}"
    if code and settings.show_auth_failure_reason:
        text = f"{code} {text}"
    return invalid_grant(settings, text, outcome="bad_password")


def locked_user(settings: Settings, application: Application, typed: str, user: User) -> ErrorResponse:
    """Reject a locked account in the words of the version."""
    return invalid_grant(settings, _locked_text(settings, application, typed, user), outcome="locked")


def _locked_text(settings: Settings, application: Application, typed: str, user: User) -> str:
    version = settings.version
    if is_recorded(version) and user.lock_reason == "MaxAttemptsExceeded":
        return f"17003 Account is locked for {_account(user)}. Cannot login until the account is unlocked."
    if version <= V5_3_4:
        return f"17003 User account is locked for user : {user.name}. cannot login until the account is unlocked "
    if V6_0 <= version < V7_0_259:
        return f"17003:{user.lock_reason} Error when handling event : POST_AUTHENTICATION"
    if version >= V7_0_259 and settings.show_auth_failure_reason:
        cause = "by admin " if user.lock_reason == "AdminInitiated" else ""
        return f"17003:{user.lock_reason} Account is locked {cause}for user: {user.qualified_name}"
    return f"Authentication failed for {_shown_name(settings, application, typed, user.name, user.tenant)}"


def _account(user: User) -> str:
    store, _slash, name = user.name.rpartition("/")
    return f"user: {name} in user store: {store or 'PRIMARY'} in tenant: {user.tenant}"


def unusable_user(settings: Settings, user: User) -> ErrorResponse:
    """Reject a user who is disabled, must set a new password, or whose password has expired."""
    state = user.state
    if state == "disabled" and is_recorded(settings.version):
        text = f"17004 Account is disabled for {_account(user)}. Cannot login until the account is enabled."
        return invalid_grant(settings, text, outcome=state)
    text = "Authentication Failed! Password has expired." if state == "password_expired" else ""
    return invalid_grant(settings, text or "Error when handling event : PRE_AUTHENTICATION", outcome=state)


def user_store_down(settings: Settings) -> ErrorResponse:
    """Report a failure of the user store, which WSO2 reports as an error of the client."""
    text = "Error while authenticating user from user store"
    return invalid_grant(settings, text, outcome="user_store_down")


def foreign_tenant(settings: Settings, application: Application, typed: str, tenant: str) -> ErrorResponse:
    """Reject a user of another tenant than the application's."""
    if settings.version > V6_4_176:
        text = f"Authentication failed for {typed}"
    elif settings.version >= V5_6:
        text = f"Users in the tenant domain : {tenant} do not have access to application {application.name}"
    else:
        text = "Provided Authorization Grant is invalid"
    return invalid_grant(settings, text, outcome="wrong_tenant")


def unknown_tenant(settings: Settings, tenant: str) -> ErrorResponse:
    """Reject a tenant that does not exist."""
    if is_recorded(settings.version):
        return server_error(settings)
    known_text = settings.version >= V5_6
    text = f"Invalid tenant domain {tenant}" if known_text else "Provided Authorization Grant is invalid"
    return invalid_grant(settings, text, outcome="wrong_tenant")


def missing_parameters(settings: Settings, names: list[str]) -> ErrorResponse:
    """Reject a request without its parameters; some versions print the whole Java exception."""
    text = "Missing parameters: " + " ".join(names)
    if V5_6 <= settings.version < V6_4_2:
        text = (
            f"OAuthProblemException{{error='invalid_request', description='{text}', uri='null', state='null', "
            "scope='null', redirectUri='null', responseStatus=0, parameters={}}"
        )
    return invalid_request(settings, text)


def missing_grant_type(settings: Settings) -> ErrorResponse:
    """Reject a request that names no grant."""
    return invalid_request(settings, "Missing grant_type parameter value")


def unknown_grant_type(settings: Settings) -> ErrorResponse:
    """Reject a grant the server does not have; newer ones hard-code ``invalid_request``."""
    error = "unsupported_grant_type" if settings.version <= V5_3_4 else "invalid_request"
    return ErrorResponse(oauth_error(settings, 400, error, "Unsupported grant_type value", outcome="wrong_grant"))


def grant_switched_off(settings: Settings, grant: str) -> ErrorResponse:
    """Reject a grant that the server knows but does not offer."""
    if settings.version <= V5_3_4:
        return unknown_grant_type(settings)
    text = f"Unsupported grant type : {grant}, is used."
    return ErrorResponse(oauth_error(settings, 400, "unsupported_grant_type", text, outcome="wrong_grant"))


def unknown_user_store(settings: Settings) -> ErrorResponse:
    """Reject a username with a user store that does not exist."""
    return invalid_grant(settings, "Invalid Domain Name", outcome="bad_password")


def grant_not_enabled(settings: Settings) -> ErrorResponse:
    """Reject a grant that this application may not use."""
    text = "The authenticated client is not authorized to use this authorization grant type"
    return ErrorResponse(oauth_error(settings, 400, "unauthorized_client", text, outcome="wrong_grant"))


def repeated_parameters(settings: Settings) -> ErrorResponse:
    """Reject a parameter sent twice, even with equal values."""
    return invalid_request(settings, "Invalid request with repeated parameters.")


def sensitive_query(settings: Settings) -> ErrorResponse:
    """Reject credentials in the URL."""
    return invalid_request(settings, "Invalid request with sensitive data in the URL.")


def malformed_media_type(settings: Settings) -> ErrorResponse:
    """Reject a media type whose case or blanks are wrong."""
    text = "Bad request content type. Expecting: application/x-www-form-urlencoded"
    return invalid_request(settings, text + (" or application/json" if settings.version >= V6_4_111 else ""))
