from __future__ import annotations

from django.urls import path

from parindex_web.people import joining, views

urlpatterns = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="person_invite"),
    path("invitations/<int:invitation>/send/", views.send_again, name="invitation_send"),
    path("invitations/<int:invitation>/withdraw/", views.withdraw, name="invitation_withdraw"),
    path("record/", views.record, name="people_record"),
    path("me/", joining.my_account, name="my_account"),
    path("me/sign-out-everywhere/", joining.sign_out_everywhere, name="sign_out_everywhere"),
    path("join/", joining.join, name="joining"),
    path("join/<str:secret>/", joining.follow, name="join"),
    path("<int:person>/", views.person, name="person"),
    path("<int:person>/duties/", views.give_duty, name="person_give_duty"),
    path("<int:person>/duties/<int:duty>/end/", views.end_duty, name="person_end_duty"),
    path("<int:person>/close/", views.close, name="person_close"),
    path("<int:person>/reopen/", views.reopen, name="person_reopen"),
    path("<int:person>/second-step/", views.reset_second_step, name="person_reset_second_step"),
]
