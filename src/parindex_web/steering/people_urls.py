from __future__ import annotations

from django.urls import path

from parindex_web.steering import people_joining, people_views

urlpatterns = [
    path("", people_views.people, name="people"),
    path("invite/", people_views.invite, name="person_invite"),
    path("invitations/<int:invitation>/send/", people_views.send_again, name="invitation_send"),
    path("invitations/<int:invitation>/withdraw/", people_views.withdraw, name="invitation_withdraw"),
    path("record/", people_views.record, name="people_record"),
    path("me/", people_joining.my_account, name="my_account"),
    path("me/sign-out-everywhere/", people_joining.sign_out_everywhere, name="sign_out_everywhere"),
    path("join/", people_joining.join, name="joining"),
    path("join/<str:secret>/", people_joining.follow, name="join"),
    path("<int:person>/", people_views.person, name="person"),
    path("<int:person>/duties/", people_views.give_duty, name="person_give_duty"),
    path("<int:person>/duties/<int:duty>/end/", people_views.end_duty, name="person_end_duty"),
    path("<int:person>/close/", people_views.close, name="person_close"),
    path("<int:person>/reopen/", people_views.reopen, name="person_reopen"),
    path("<int:person>/second-step/", people_views.reset_second_step, name="person_reset_second_step"),
]
