"""The pages of sign-in that this application serves. There is no sign-up, and addresses are changed by nobody:
an address is who a person is, and the administrator gives it."""

from __future__ import annotations

from allauth.account import views
from allauth.socialaccount import views as social
from django.urls import include, path, re_path

from parindex_web.accounts.views import password_reset, picture_of_secret, provider_callback, provider_login

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("2fa/totp/picture.svg", picture_of_secret, name="mfa_totp_picture"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", social.login_error, name="socialaccount_login_error"),
    path("oidc/<str:provider_id>/login/", provider_login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", provider_callback, name="openid_connect_callback"),
]
