from __future__ import annotations

from django.urls import path

from parindex_web.people import invitation_views, joining, views

urlpatterns = [
    path("", views.people, name="people"),
    path("units/", views.units, name="people_units"),
    path("invite/", invitation_views.invite, name="person_invite"),
    path("invite/list/", invitation_views.invite_list, name="invite_list"),
    path("invitations/", invitation_views.invitations, name="invitations"),
    path("invitations/send/", invitation_views.send_again, name="invitations_send"),
    path("invitations/withdraw/", invitation_views.withdraw, name="invitations_withdraw"),
    path("record/", views.record, name="people_record"),
    path("me/", joining.my_account, name="my_account"),
    path("me/sign-out-everywhere/", joining.sign_out_everywhere, name="sign_out_everywhere"),
    path("join/", joining.join, name="joining"),
    path("join/<str:secret>/", joining.follow, name="join"),
    path("<int:person>/", views.person, name="person"),
    path("<int:person>/duties/", views.give_duty, name="person_give_duty"),
    path("<int:person>/duties/<int:duty>/end/", views.end_duty, name="person_end_duty"),
    path("<int:person>/duties/<int:duty>/stand-in/", views.stand_in, name="person_stand_in"),
    path("<int:person>/close/", views.close, name="person_close"),
    path("<int:person>/reopen/", views.reopen, name="person_reopen"),
    path("<int:person>/second-step/", views.reset_second_step, name="person_reset_second_step"),
]
