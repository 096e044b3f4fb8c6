"""What can be wrong with an invitation, a role, an account, and what to do about it."""

from __future__ import annotations

from parindex.language import Text
from parindex.problems import ProblemKind

NAME_MISSING = ProblemKind(
    "WEB-NAME",
    what=Text("chưa ghi họ tên, hoặc dài quá 120 ký tự.", "the name is missing, or longer than 120 characters."),
    why=Text("Họ tên đứng cạnh mọi việc người này làm.", "The name stands beside whatever the person does."),
    remedy=Text("Ghi họ và tên.", "Write the name."),
)
ADDRESS_MISSING = ProblemKind(
    "WEB-ADDRESS-MISSING",
    what=Text("chưa ghi địa chỉ thư điện tử.", "the e-mail address is missing."),
    why=Text("Liên kết mời được gửi tới địa chỉ này.", "The link of the invitation is sent there."),
    remedy=Text("Ghi địa chỉ như ten@tinh.gov.vn.", "Write it like name@province.gov.vn."),
)
ADDRESS_WRONG = ProblemKind(
    "WEB-ADDRESS",
    what=Text('"{typed}" không phải địa chỉ thư điện tử.', '"{typed}" is not an e-mail address.'),
    why=Text("Liên kết mời được gửi tới địa chỉ này.", "The link of the invitation is sent there."),
    remedy=Text("Ghi địa chỉ như ten@tinh.gov.vn.", "Write it like name@province.gov.vn."),
)
ADDRESS_KNOWN = ProblemKind(
    "WEB-ADDRESS-KNOWN",
    what=Text("{address} đã là người dùng.", "{address} is one of the people already."),
    why=Text("Mỗi địa chỉ là một tài khoản.", "One address is one account."),
    remedy=Text("Mở trang của người đó và giao thêm vai trò.", "Open their page and give another role."),
)
ADDRESS_INVITED = ProblemKind(
    "WEB-ADDRESS-INVITED",
    what=Text("{address} đã được mời và chưa tham gia.", "{address} is invited and has not joined yet."),
    why=Text("Mỗi địa chỉ chỉ có một lời mời còn mở.", "One address has one open invitation."),
    remedy=Text("Gửi lại hoặc rút lời mời cũ.", "Send that invitation again, or withdraw it."),
)
LANGUAGE_WRONG = ProblemKind(
    "WEB-LANGUAGE",
    what=Text("chưa chọn ngôn ngữ.", "no language is chosen."),
    why=Text("Thư mời viết bằng ngôn ngữ này.", "The invitation is written in it."),
    remedy=Text("Chọn tiếng Việt hoặc tiếng Anh.", "Choose Vietnamese or English."),
)
ROLE_WRONG = ProblemKind(
    "WEB-ROLE",
    what=Text("chưa chọn vai trò.", "no role is chosen."),
    why=Text("Không có vai trò thì không làm được gì.", "Without a role nothing can be done."),
    remedy=Text("Chọn một vai trò trong danh sách.", "Choose a role of the list."),
)
ROLE_UNKNOWN = ProblemKind(
    "WEB-ROLE-UNKNOWN",
    what=Text('không có vai trò "{typed}".', 'there is no role "{typed}".'),
    why=Text("Vai trò được ghi bằng mã hoặc bằng tên.", "A role is written by its code or its name."),
    remedy=Text("Các mã: {known}.", "The codes are: {known}."),
)
EDITION_WRONG = ProblemKind(
    "WEB-EDITION",
    what=Text('không có kỳ đánh giá "{edition}".', 'there is no edition "{edition}".'),
    why=Text("Vai trò gắn với kỳ đang có, hoặc với mọi kỳ.", "A role is bound to an edition that exists, or to all."),
    remedy=Text("Chọn kỳ trong danh sách.", "Choose an edition of the list."),
)
EDITION_NOT_FOR_ROLE = ProblemKind(
    "WEB-EDITION-ROLE",
    what=Text('vai trò "{role}" không gắn với một kỳ.', 'the role "{role}" is not bound to one edition.'),
    why=Text("Việc với tài khoản không thuộc kỳ nào.", "Accounts belong to no edition."),
    remedy=Text("Chọn mọi kỳ.", "Choose all editions."),
)
UNIT_MISSING = ProblemKind(
    "WEB-UNIT",
    what=Text('vai trò "{role}" cần một đơn vị.', 'the role "{role}" needs a unit.'),
    why=Text("Người giữ vai trò này nói thay đơn vị.", "Who holds it speaks for the unit."),
    remedy=Text("Chọn đơn vị.", "Choose the unit."),
)
UNIT_UNKNOWN = ProblemKind(
    "WEB-UNIT-UNKNOWN",
    what=Text('kỳ đánh giá không có đơn vị "{unit}".', 'the edition has no unit "{unit}".'),
    why=Text("Vai trò gắn với đơn vị được đánh giá.", "A role is bound to a unit that is assessed."),
    remedy=Text("Chọn đơn vị trong danh sách.", "Choose a unit of the list."),
)
UNIT_NOT_FOR_ROLE = ProblemKind(
    "WEB-UNIT-ROLE",
    what=Text('vai trò "{role}" không gắn với một đơn vị.', 'the role "{role}" is not bound to one unit.'),
    why=Text("Người giữ vai trò này làm việc với mọi đơn vị.", "Who holds it works with all units."),
    remedy=Text("Bỏ trống đơn vị.", "Leave the unit empty."),
)
DOMAIN_UNKNOWN = ProblemKind(
    "WEB-DOMAIN",
    what=Text('không có lĩnh vực "{domain}".', 'there is no domain "{domain}".'),
    why=Text("Các lĩnh vực: {known}.", "The domains are: {known}."),
    remedy=Text(
        "Ghi mã lĩnh vực, cách nhau bằng dấu phẩy; bỏ trống là tất cả.", "Write codes with commas; empty means all."
    ),
)
DOMAIN_NOT_FOR_ROLE = ProblemKind(
    "WEB-DOMAIN-ROLE",
    what=Text('vai trò "{role}" không chia theo lĩnh vực.', 'the role "{role}" is not divided by domains.'),
    why=Text(
        "Chỉ cán bộ theo dõi lĩnh vực và người thẩm định chia theo lĩnh vực.",
        "Only field officers and appraisers are.",
    ),
    remedy=Text("Bỏ trống lĩnh vực.", "Leave the domains empty."),
)
DAY_WRONG = ProblemKind(
    "WEB-DAY",
    what=Text('"{typed}" không phải một ngày.', '"{typed}" is not a day.'),
    why=Text("Vai trò có hiệu lực theo ngày.", "A role holds by days."),
    remedy=Text("Chọn ngày trong lịch.", "Choose a day of the calendar."),
)
DAYS_TURNED = ProblemKind(
    "WEB-DAYS",
    what=Text("ngày cuối đứng trước ngày đầu.", "the last day comes before the first."),
    why=Text("Vai trò như vậy không có ngày nào.", "Such a role would hold on no day."),
    remedy=Text("Sửa một trong hai ngày.", "Correct one of the two."),
)
DAY_PAST = ProblemKind(
    "WEB-DAY-PAST",
    what=Text("ngày cuối đã qua.", "the last day is over."),
    why=Text("Nhật ký không sửa ngược được.", "The record is not rewritten."),
    remedy=Text(
        "Chọn hôm nay hoặc một ngày sau; để trống là kết thúc ngay.",
        "Choose today or a later day; empty ends the role at once.",
    ),
)
PERSON_UNKNOWN = ProblemKind(
    "WEB-PERSON-UNKNOWN",
    what=Text('không có tài khoản đang mở với địa chỉ "{typed}".', 'no open account has the address "{typed}".'),
    why=Text("Người làm thay phải có tài khoản.", "Who stands in needs an account."),
    remedy=Text("Chọn một địa chỉ trong danh sách, hoặc mời người đó.", "Choose one of the list, or invite them."),
)
STAND_IN_ONESELF = ProblemKind(
    "WEB-STAND-IN-ONESELF",
    what=Text("người làm thay là chính người đang giữ vai trò.", "that person holds the role already."),
    why=Text("Làm thay là để một người khác làm việc này.", "Standing in lets somebody else do it."),
    remedy=Text("Chọn người khác.", "Choose somebody else."),
)
STAND_IN_DAYS = ProblemKind(
    "WEB-STAND-IN-DAYS",
    what=Text("những ngày này vượt ra ngoài thời gian của vai trò.", "these days lie outside those of the role."),
    why=Text("Vai trò có từ {first} đến {last}.", "The role holds from {first} to {last}."),
    remedy=Text("Chọn ngày trong khoảng đó, hoặc giao hẳn vai trò.", "Choose days within, or give the role itself."),
)
DAY_MISSING = ProblemKind(
    "WEB-DAY-MISSING",
    what=Text("chưa ghi ngày.", "the day is missing."),
    why=Text("Làm thay có ngày đầu và ngày cuối.", "Standing in has a first and a last day."),
    remedy=Text("Chọn ngày.", "Choose a day."),
)
LIST_EMPTY = ProblemKind(
    "WEB-LIST-EMPTY",
    what=Text("danh sách chưa có ai.", "nobody is on the list."),
    why=Text("Dưới dòng tiêu đề, mỗi dòng là một người.", "Below the header each line is a person."),
    remedy=Text("Dán danh sách hoặc chọn tệp.", "Paste the list, or choose a file."),
)
LIST_LONG = ProblemKind(
    "WEB-LIST-LONG",
    what=Text("danh sách có {found} người.", "the list has {found} people."),
    why=Text("Mỗi lần mời được nhiều nhất {most} người.", "At most {most} are invited at once."),
    remedy=Text("Chia thành nhiều danh sách.", "Split it into several lists."),
)
LIST_LARGE = ProblemKind(
    "WEB-LIST-LARGE",
    what=Text("danh sách lớn hơn {limit} KB.", "the list is larger than {limit} KB."),
    why=Text("Một danh sách người mời không lớn như vậy.", "No list of people is that large."),
    remedy=Text("Kiểm tra có chọn nhầm tệp không.", "Check that it is the right file."),
)
LIST_WORKBOOK = ProblemKind(
    "WEB-LIST-WORKBOOK",
    what=Text("{name} là tệp Excel.", "{name} is an Excel workbook."),
    why=Text("Ở đây đọc tệp CSV hoặc các ô được dán.", "A CSV file, or pasted cells, are read here."),
    remedy=Text(
        "Trong Excel, chọn các ô cùng dòng tiêu đề, chép rồi dán vào khung; hoặc lưu thành CSV UTF-8.",
        "In Excel select the cells with their header, copy and paste them below; or save as CSV UTF-8.",
    ),
)
LINE_TWICE = ProblemKind(
    "WEB-LINE-TWICE",
    what=Text("{address} đã có ở dòng {line}.", "{address} stands on line {line} already."),
    why=Text("Một lời mời mang một vai trò.", "An invitation brings one role."),
    remedy=Text(
        "Giữ một dòng; giao vai trò khác sau khi người đó tham gia.", "Keep one; give other roles after they joined."
    ),
)
DUTY_TWICE = ProblemKind(
    "WEB-DUTY-TWICE",
    what=Text("người này đang giữ đúng vai trò ấy.", "the person holds this very role already."),
    why=Text("Giao hai lần thì kết thúc một lần vẫn còn.", "Given twice, it would remain when ended once."),
    remedy=Text("Kết thúc vai trò cũ trước, hoặc đổi ngày.", "End the old one first, or change the days."),
)
NOT_ONESELF = ProblemKind(
    "WEB-NOT-ONESELF",
    what=Text("không ai làm việc này với chính mình.", "nobody does this to themselves."),
    why=Text(
        "Quản trị tài khoản không tự giao, tự kết thúc vai trò và không tự khóa.",
        "An administrator does not give or end their own roles, nor close their own account.",
    ),
    remedy=Text("Nhờ một quản trị khác.", "Ask another administrator."),
)
APART = ProblemKind(
    "WEB-APART",
    what=Text(
        "quản trị tài khoản không giữ vai trò chấm điểm, thẩm định hay quyết định trong cùng thời gian.",
        "an administrator holds no role that scores, appraises or decides at the same time.",
    ),
    why=Text("Người giao vai trò thì không chấm điểm.", "Who gives roles does not score."),
    remedy=Text(
        "Kết thúc vai trò kia trước, hoặc chọn ngày không trùng.",
        "End the other role first, or choose days that do not overlap.",
    ),
)
LAST_ADMINISTRATOR = ProblemKind(
    "WEB-LAST-ADMINISTRATOR",
    what=Text("đây là quản trị tài khoản cuối cùng.", "this is the last administrator."),
    why=Text("Không còn ai mời người và mở tài khoản.", "Nobody would be left to invite people and open accounts."),
    remedy=Text("Giao vai trò này cho người khác trước.", "Give the role to somebody else first."),
)
ALREADY_ENDED = ProblemKind(
    "WEB-DUTY-ENDED",
    what=Text("vai trò này đã kết thúc.", "this role has ended."),
    why=Text("Một vai trò kết thúc một lần.", "A role ends once."),
    remedy=Text("Tải lại trang.", "Load the page again."),
)
ALREADY_CLOSED = ProblemKind(
    "WEB-CLOSED",
    what=Text("tài khoản này đã khóa.", "this account is closed."),
    why=Text("Có thể người khác vừa khóa.", "Somebody else may have just closed it."),
    remedy=Text("Tải lại trang; mở lại tài khoản nếu cần.", "Load the page again; reopen the account if needed."),
)
ALREADY_OPEN = ProblemKind(
    "WEB-OPEN",
    what=Text("tài khoản này đang mở.", "this account is open."),
    why=Text("Có thể người khác vừa mở.", "Somebody else may have just reopened it."),
    remedy=Text("Tải lại trang.", "Load the page again."),
)
NO_SECOND_STEP = ProblemKind(
    "WEB-NO-SECOND-STEP",
    what=Text("người này không đăng nhập hai lớp.", "the person has no second step."),
    why=Text("Không có gì để gỡ.", "There is nothing to take away."),
    remedy=Text("Tải lại trang.", "Load the page again."),
)
INVITATION_UNKNOWN = ProblemKind(
    "WEB-INVITATION",
    what=Text("liên kết mời này không đúng.", "this link is not one of our invitations."),
    why=Text("Có thể bị cắt khi chép.", "It may have been cut when it was copied."),
    remedy=Text("Chép lại cả liên kết trong thư.", "Copy the whole link from the mail."),
)
INVITATION_USED = ProblemKind(
    "WEB-INVITATION-USED",
    what=Text("liên kết mời này đã dùng rồi.", "this invitation has been used."),
    why=Text("Mỗi liên kết dùng một lần.", "Each link works once."),
    remedy=Text("Đăng nhập; nếu quên mật khẩu, đặt lại.", "Sign in; if you forgot the password, set a new one."),
)
INVITATION_OVER = ProblemKind(
    "WEB-INVITATION-OVER",
    what=Text("liên kết mời này đã hết hạn hoặc đã rút.", "this invitation has expired or was withdrawn."),
    why=Text("Liên kết chỉ dùng được trong vài ngày.", "Links hold for some days only."),
    remedy=Text("Nhờ quản trị tài khoản gửi lại lời mời.", "Ask the administrator to send it again."),
)
MAIL_NOT_SENT = ProblemKind(
    "WEB-MAIL",
    what=Text(
        "đã ghi lời mời nhưng chưa gửi được thư tới {address}.",
        "the invitation is kept, but no mail reached {address}.",
    ),
    why=Text("Máy chủ thư không nhận.", "The mail server did not take it."),
    remedy=Text('Bấm "Gửi lại" sau ít phút.', 'Press "Send again" in a few minutes.'),
)
ADMINISTRATOR_THERE = ProblemKind(
    "WEB-ADMINISTRATOR",
    what=Text("đã có quản trị tài khoản.", "there is an administrator already."),
    why=Text("Lệnh này chỉ để mời người đầu tiên.", "This command invites the first one only."),
    remedy=Text("Nhờ quản trị đó mời trên trang Người dùng.", "Ask them to invite on the page People."),
)
SITE_WRONG = ProblemKind(
    "WEB-SITE",
    what=Text('"{site}" không phải địa chỉ máy chủ.', '"{site}" is not the address of a server.'),
    why=Text("Liên kết mời bắt đầu bằng địa chỉ này.", "The link of the invitation begins with it."),
    remedy=Text("Ghi như https://parindex.bonoivu.gov.vn.", "Write it like https://parindex.ministry.gov.vn."),
)
