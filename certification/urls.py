"""Addresses of verification, one's own certificates, honours, and an officer's register."""

from django.urls import path, re_path

from certification.views import batch, honours, office, published, register, templates, verify, wallet, watching

app_name = "certification"
urlpatterns = [
    path("verify/", verify.form, name="verify"),
    path("verify/result/<uuid:public_id>/", verify.result, name="verify_result"),
    path("verify/batch/", batch.send, name="batch"),
    path("verify/batch/template.xlsx", batch.template, name="batch_template"),
    path("verify/batch/demo.xlsx", batch.demo, name="batch_demo"),
    path("verify/batch/<uuid:public_id>/", batch.result, name="batch_result"),
    path("verify/batch/<uuid:public_id>/report.xlsx", batch.report, name="batch_report"),
    path("verify/batch/<uuid:public_id>/again/", batch.again, name="batch_again"),
    path("verify/batch/<uuid:public_id>/watch/", batch.watch, name="batch_watch"),
    path("verify/batch/report/", batch.judge, name="batch_judge"),
    path("verify/watch-list/", watching.watch_list, name="watch_list"),
    path("verify/watch-list/watch-list.csv", watching.export, name="watch_list_csv"),
    path("verify/watch-list/<uuid:public_id>/<slug:act>/", watching.change, name="watch_change"),
    # Whatever stands there is answered as a code: a torn one like an unknown one.
    re_path(r"^v/(?P<code>[^/]{1,200})/$", verify.code, name="code"),
    re_path(r"^V/(?P<code>[^/]{1,200})$", verify.code, name="printed_code"),
    path(".well-known/did.json", published.did, name="did"),
    path("verify/root.cer", published.root, name="document_root"),
    path("credentials/<uuid:address_id>", published.credential, name="credential"),
    path("status/<int:number>/<slug:purpose>", published.status, name="status_list"),
    # The public register (C2SP tlog-tiles): no slash at the end of a file.
    path("register/", register.monitor, name="public_register"),
    path("register/checkpoint", register.checkpoint, name="register_checkpoint"),
    re_path(r"^register/tile/(?P<level>[0-9]{1,2})/(?P<path>[x0-9/.p]{1,60})$", register.tile, name="register_tile"),
    re_path(r"^register/tile/entries/(?P<path>[x0-9/.p]{1,60})$", register.entries, name="register_entries"),
    re_path(r"^register/proof/(?P<index>0|[1-9][0-9]{0,17})\.tlog-proof$", register.proof, name="register_proof"),
    path("certificates/", wallet.wallet, name="wallet"),
    path("certificates/<uuid:public_id>/", wallet.detail, name="certificate"),
    path("certificates/<uuid:public_id>/pdf/", wallet.pdf, name="certificate_pdf"),
    path("honours/", honours.gallery, name="honours"),
    path("honours/<uuid:public_id>/", honours.detail, name="honour"),
    path("office/certificates/", office.register, name="register"),
    path("office/certificates/templates/", templates.overview, name="templates"),
    path("office/certificates/templates/<int:pk>/", templates.detail, name="template"),
    path("office/certificates/templates/<int:pk>/sample.pdf", templates.sample_file, name="template_sample"),
    path("office/certificates/templates/new/<slug:kind>/", templates.edit, name="edit_template"),
    path("office/certificates/issue/", office.issue_batch, name="issue"),
    path("office/certificates/issue/<uuid:public_id>/", office.batch_job, name="batch_job"),
    path("office/certificates/issue/<uuid:public_id>/<slug:act>/", office.batch_control, name="batch_control"),
    path("office/certificates/<uuid:public_id>/", office.certificate, name="office_certificate"),
    path("office/certificates/<uuid:public_id>/suspend/", office.suspend, name="suspend"),
    path("office/certificates/<uuid:public_id>/reinstate/", office.reinstate, name="reinstate"),
    path("office/certificates/<uuid:public_id>/replace/", office.replace, name="replace"),
    path("office/certificates/<uuid:public_id>/revoke/", office.revoke, name="revoke"),
    path("office/certificates/<uuid:public_id>/revoke/confirm/", office.confirm, name="confirm_revocation"),
    path("office/certificates/<uuid:public_id>/revoke/refuse/", office.refuse, name="refuse_revocation"),
    path("office/certificates/<uuid:public_id>/print/", office.print_again, name="print"),
]
