# ruff: noqa: E501 - texts for people: a paragraph is a line
"""A privacy notice to start from, which is true of the program as it is delivered.

The operator adds name, address and contact before publishing it.
"""

SAMPLE_ZH = """本告知说明：我们收集您的哪些个人信息、用来做什么、保存多久，以及您有哪些权利。请花两分钟读完。

# 我们收集什么
姓名、证件号码、手机号、照片、用人单位和所属工会；您参加的培训、竞赛和取得的证书；您登录和办事的记录。证件号码和照片属于敏感个人信息，加密保存，平时只显示几位；查看完整号码须有权限、写明理由，并留下记录，您在“我的数据”里能看到是谁看过、为什么看。

# 为什么收集
为了履行工会法定职责、完成您申请的培训、竞赛和发证，以及法律规定的留痕义务。这些事项不以您的同意为前提。需要您同意的事项会单独列出，不勾选也不影响报名、考试和领证，同意后可以随时撤回。

# 谁能看到
您本人；您所属工会、您参加的班级和赛事中因工作需要的人员。核验证书的人只看到打码的姓名。我们不出售个人信息，不用于广告，不进行人脸识别。

# 保存多久
培训、竞赛和证书档案按档案规定保存；其余信息按“保存期限”办理，到期删除。审计记录依法至少保存六个月，不能修改或删除。

# 您的权利
在“我的数据”里，您可以查看、下载、申请更正、撤回同意、申请删除。更正和删除申请十五日内答复；删除前有七天考虑期，可以随时撤销。已发的证书和档案依法保留。

# 联系我们
运营单位：（请填写）。个人信息保护负责人：（请填写姓名、电话、邮箱）。"""

SAMPLE_EN = """This notice says what personal data we hold about you, what for, how long, and what rights you have. It takes two minutes to read.

# What we hold
Your name, identity number, mobile, photo, employer and union; your classes, competitions and certificates; a record of sign-ins and of what you did here. Identity number and photo are sensitive: they are encrypted and usually masked. Whoever looks at the full number needs a right and a reason and leaves a trace, which you can see under “My data”.

# What for
For the union's statutory tasks, for the training, competitions and certificates you apply for, and for records that the law demands. None of these rests on your consent. What does is asked separately; saying no changes nothing for classes, exams and certificates, and a yes can be withdrawn at any time.

# Who sees it
You; those who work for your union and for the classes and competitions you take part in, as far as they need it. Whoever checks a certificate sees a masked name. We sell nothing, show no advertising, and do no face recognition.

# How long
Files of training, competitions and certificates are kept as the rules on archives demand; the rest as the retention rules say. The audit record is kept for at least six months by law and can't be changed.

# Your rights
Under “My data” you can see everything, take a copy, ask for corrections, withdraw consent, and ask for deletion. Requests are answered within fifteen days; a deletion can be thought over for seven days and withdrawn. Certificates already issued and archives are kept as the law demands.

# Contact
Operator: (fill in). Data protection officer: (fill in name, telephone, mail)."""
