"""Route the addresses of competitions, which are the public pages, the judge's desk, and the
office of an event.
"""

from django.urls import path

from competitions.views import acts, corrections, imports, judging, office, public, substitutes

app_name = "competitions"

OFFICE = "competitions/<uuid:event>/office"
PURPOSES = ("scheme", "totals")
SHEET_ACTS = ("reopen", "rescore", "minutes")
DECISIONS = ("qualify", "reject")

urlpatterns = [
    path("competitions/", public.event_list, name="list"),
    path("competitions/office/", office.office_list, name="office_list"),
    path("competitions/office/new/", office.event_new, name="event_new"),
    path("competitions/<uuid:event>/", public.event_detail, name="detail"),
    path("competitions/<uuid:event>/board/", public.show_public_board, name="board"),
    path("competitions/<uuid:event>/mine/", public.show_own_marks, name="mine"),
    path("competitions/<uuid:event>/enter/", public.enter_competition, name="enter"),
    path("competitions/<uuid:event>/withdraw/", public.withdraw_own_entry, name="withdraw"),
    # The judge's desk
    path("judging/", judging.show_judge_desk, name="desk"),
    path("judging/worker.js", judging.serve_judging_worker, name="worker"),
    path("judging/<uuid:sheet>/", judging.show_marking_sheet, name="sheet"),
    path("judging/<uuid:sheet>/state/", judging.send_sheet_state, name="sheet_state"),
    path("judging/<uuid:sheet>/save/", judging.sheet_save, name="sheet_save"),
    path("judging/<uuid:sheet>/sign/", judging.sheet_sign, name="sheet_sign"),
    path("judging/<uuid:sheet>/remark/", judging.sheet_remark, name="sheet_remark"),
    path(
        "judging/<uuid:sheet>/remark/<uuid:remark>/photo/",
        judging.remark_photo,
        name="remark_photo",
    ),
    path("judging/<uuid:sheet>/stand-aside/", judging.stand_aside, name="stand_aside"),
    path("judging/<uuid:sheet>/withdraw/", judging.sheet_withdraw, name="sheet_withdraw"),
    # The office of an event
    path("competitions/<uuid:event>/office/", office.show_event_office, name="office"),
    path("competitions/<uuid:event>/office/edit/", office.event_edit, name="event_edit"),
    path("competitions/<uuid:event>/office/act/<slug:key>/", acts.confirm_event_act, name="act"),
    path(
        "competitions/<uuid:event>/office/act/<slug:key>/<str:part>/",
        acts.confirm_event_act,
        name="act_part",
    ),
    path(
        "competitions/<uuid:event>/office/requests/<uuid:asked>/",
        acts.decide_event_request,
        name="decide",
    ),
    path("competitions/<uuid:event>/office/entries/", office.list_event_entries, name="entries"),
    path(
        "competitions/<uuid:event>/office/entries/add/<uuid:person>/",
        office.entry_add,
        name="entry_add",
    ),
    *[
        path(
            f"competitions/<uuid:event>/office/entries/<uuid:entry>/{to}/",
            office.entry_decide,
            {"to": to},
            name=f"entry_{to}",
        )
        for to in DECISIONS
    ],
    path("competitions/<uuid:event>/office/code-book/", office.code_book, name="code_book"),
    path("competitions/<uuid:event>/office/judges/", office.manage_event_judges, name="judges"),
    path(
        "competitions/<uuid:event>/office/substitutes/",
        substitutes.seat_substitutes,
        name="substitutes",
    ),
    path("competitions/<uuid:event>/office/sheets/", office.list_module_sheets, name="sheets"),
    *[
        path(
            f"competitions/<uuid:event>/office/sheets/<uuid:sheet>/{key}/",
            office.sheet_act,
            {"key": key},
            name=f"sheet_{key}",
        )
        for key in SHEET_ACTS
    ],
    path(
        "competitions/<uuid:event>/office/numbers/<int:number>/",
        office.change_number_state,
        name="number",
    ),
    path("competitions/<uuid:event>/office/marks/", office.show_marks, name="marks"),
    path("competitions/<uuid:event>/office/results/", office.show_office_results, name="results"),
    path(
        "competitions/<uuid:event>/office/correct/<slug:kind>/",
        corrections.ask_result_correction,
        name="correct",
    ),
    path(
        "competitions/<uuid:event>/office/results.xlsx",
        office.results_workbook,
        name="results_workbook",
    ),
    *[
        one
        for purpose in PURPOSES
        for one in (
            path(
                f"{OFFICE}/{purpose}/",
                imports.upload_event_workbook,
                {"purpose": purpose},
                name=purpose,
            ),
            path(
                f"{OFFICE}/{purpose}/check/",
                imports.check_event_workbook,
                {"purpose": purpose},
                name=f"{purpose}_check",
            ),
            path(
                f"{OFFICE}/{purpose}/problems.xlsx",
                imports.download_error_copy,
                {"purpose": purpose},
                name=f"{purpose}_errors",
            ),
            path(
                f"{OFFICE}/{purpose}/template.xlsx",
                imports.download_empty_workbook,
                {"purpose": purpose},
                name=f"{purpose}_template",
            ),
        )
    ],
]
